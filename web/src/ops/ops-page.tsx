import { useLocation, useRoute } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { storedToken, storeToken, TokenGate } from '../admin/token.js';
import '../styles/admin.css';
import '../styles/ops.css';
import { Page } from '../ui/page.js';
import { Spinner } from '../ui/states.js';
import { OpsAccess } from './access.js';
import { BookView } from './book-view.js';
import { Details } from './details.js';
import { FollowRequest } from './follow-request.js';
import { LookAge } from './look-age.js';
import { ObserverLine } from './observer-line.js';
import { Picture } from './picture.js';
import { Plots } from './plots.js';
import { TryIt } from './try-it.js';
import { useCluster, type Watched } from './use-cluster.js';
import { verdictOn } from './views.js';

const SECTIONS = [
  { section: '', path: '/ops', name: 'Overview' },
  { section: 'book', path: '/ops/book', name: 'One book' },
  { section: 'follow', path: '/ops/follow', name: 'Follow a request' },
  { section: 'try', path: '/ops/try', name: 'Try it' },
] as const;

export default function OpsPage() {
  const { path } = useLocation();
  const [access, setAccess] = useState<OpsAccess | 'asking' | null>('asking');
  const section = path.split('/')[2] ?? '';
  const name = SECTIONS.find((each) => each.section === section)?.name ?? 'Overview';
  useEffect(() => void open(storedToken()).then(setAccess), []);
  const close = (): void => {
    storeToken('');
    setAccess(null);
  };
  const useToken = (token: string): void => {
    storeToken(token);
    setAccess(new OpsAccess(token));
  };
  return (
    <Page title={section === '' ? 'Ops' : `${name} · Ops`} class="ops">
      {access === null || access === 'asking' ? (
        <>
          <h1>Ops</h1>
          {access === null ? (
            <TokenGate what="Ops" opened={({ token }) => setAccess(new OpsAccess(token))} />
          ) : (
            <Spinner label="Opening" />
          )}
        </>
      ) : (
        <Watching access={access} section={section} close={close} useToken={useToken} />
      )}
    </Page>
  );
}

/** Null: a token has to be asked for. */
async function open(token: string): Promise<OpsAccess | null> {
  const access = new OpsAccess(token);
  return (await access.mayWatch()) === true ? access : null;
}

interface WatchingProps {
  readonly access: OpsAccess;
  readonly section: string;
  readonly close: () => void;
  readonly useToken: (token: string) => void;
}

function Watching({ access, section, close, useToken }: WatchingProps) {
  const { params } = useRoute();
  const id = params['id'] ?? '';
  const bookId = section === 'book' && /^\d{1,15}$/.test(id) ? id : null;
  const watched = useCluster(access, bookId, close);
  const { snapshot, lookedAtMs, live } = watched;
  const verdict = snapshot === null ? null : verdictOn(snapshot);
  return (
    <>
      <div class="ops-head">
        <h1>Ops</h1>
        <p class={`live ${live ? 'live-on' : ''}`} role="status">
          {live ? 'Live, each second' : snapshot ? 'The stream broke off; opening it again…' : ''}
        </p>
        {snapshot !== null && <LookAge lookedAtMs={lookedAtMs} />}
      </div>
      <nav class="tabs" aria-label="Ops">
        {SECTIONS.map((each) => (
          <a key={each.path} href={each.path} aria-current={each.section === section ? 'page' : undefined}>
            {each.name}
          </a>
        ))}
      </nav>
      {snapshot === null ? (
        <Spinner label="Asking everybody how they are" />
      ) : (
        <>
          {verdict && (section === '' || section === 'try') && (
            <p class={`verdict verdict-${verdict.tone}`} role="status">
              {verdict.text}
            </p>
          )}
          <Section
            access={access}
            section={section}
            id={id}
            watched={{ ...watched, snapshot }}
            useToken={useToken}
          />
        </>
      )}
    </>
  );
}

type Seen = Watched & { readonly snapshot: NonNullable<Watched['snapshot']> };

function Section({
  access,
  section,
  id,
  watched,
  useToken,
}: {
  access: OpsAccess;
  section: string;
  id: string;
  watched: Seen;
  useToken: (token: string) => void;
}) {
  const [chosen, choose] = useState<string | null>(null);
  const { snapshot, points, book } = watched;
  const point = points.at(-1);
  const picture = <Picture snapshot={snapshot} point={point} chosen={chosen} choose={choose} />;
  switch (section) {
    case 'book':
      return <BookView key={id} snapshot={snapshot} id={id} book={book} />;
    case 'follow':
      return <FollowRequest access={access} snapshot={snapshot} traceId={id} />;
    case 'try':
      return (
        <>
          <TryIt access={access} snapshot={snapshot} useToken={useToken} />
          {picture}
        </>
      );
    default:
      return (
        <>
          <ObserverLine access={access} />
          {picture}
          {chosen === null ? (
            <p class="picture-hint">
              Choose a process to see what it holds. Dots: how the others see it. Arcs: leases that hold.
            </p>
          ) : (
            <Details snapshot={snapshot} address={chosen} rates={point?.rates.get(chosen)} />
          )}
          <Plots snapshot={snapshot} points={points} />
        </>
      );
  }
}

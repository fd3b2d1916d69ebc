import { useLocation, useRoute } from 'preact-iso';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Page } from '../ui/page.js';
import '../styles/admin.css';
import { type Administration } from './api.js';
import { AdminName } from './admin-name.js';
import { BookForm } from './book-form.js';
import { EditBook } from './edit-book.js';
import { soughtIn } from './find-form.js';
import { Held } from './held.js';
import { Hidden } from './hidden.js';
import { ImportBooks } from './import-books.js';
import { LowStock } from './low-stock.js';
import { Orders } from './orders.js';
import { storeToken, TokenGate } from './token.js';

const SECTIONS = [
  { path: '/admin', name: 'Stock' },
  { path: '/admin/orders', name: 'Orders' },
  { path: '/admin/held', name: 'Held' },
  { path: '/admin/add', name: 'Add' },
  { path: '/admin/edit', name: 'Edit' },
  { path: '/admin/hidden', name: 'Hidden' },
  { path: '/admin/import', name: 'Import' },
] as const;

export default function AdministrationPage() {
  const { path } = useLocation();
  const [administration, setAdministration] = useState<Administration | null>(null);
  const close = (): void => {
    storeToken('');
    setAdministration(null);
  };
  const section = SECTIONS.find((each) => each.path === path)?.name ?? 'Stock';
  return (
    <Page title={administration ? `${section} · Administration` : 'Administration'} class="admin">
      <div class="admin-head">
        <h1>Administration</h1>
        {administration && (
          <button type="button" class="button" onClick={close}>
            Close
          </button>
        )}
      </div>
      {administration === null ? (
        <TokenGate what="Administration" opened={setAdministration} />
      ) : (
        <>
          <Tabs path={path} />
          <Section administration={administration} close={close} />
          <AdminName />
        </>
      )}
    </Page>
  );
}

function Tabs({ path }: { path: string }) {
  const tabs = useRef<HTMLElement>(null);
  // On a phone there are more than fit.
  useEffect(() => {
    const { current } = tabs;
    const shown = current?.querySelector<HTMLElement>('[aria-current]');
    if (current && shown) current.scrollLeft = shown.offsetLeft - current.offsetLeft - shown.offsetWidth;
  }, [path]);
  return (
    <nav ref={tabs} class="tabs" aria-label="Administration">
      {SECTIONS.map((each) => (
        <a key={each.path} href={each.path} aria-current={each.path === path ? 'page' : undefined}>
          {each.name}
        </a>
      ))}
    </nav>
  );
}

function Section(props: { administration: Administration; close: () => void }) {
  const { params, query } = useRoute();
  switch (params['section']) {
    case 'add':
      return <BookForm {...props} />;
    case 'edit':
      return <EditBook key={query['book']} {...props} id={query['book'] ?? ''} />;
    case 'orders':
      return <Orders key={JSON.stringify(query)} {...props} sought={soughtIn(query)} />;
    case 'held':
      return <Held key={JSON.stringify(query)} {...props} sought={soughtIn(query)} />;
    case 'hidden':
      return <Hidden key={query['q']} {...props} text={query['q'] ?? ''} />;
    case 'import':
      return <ImportBooks {...props} />;
    default:
      return <LowStock {...props} />;
  }
}

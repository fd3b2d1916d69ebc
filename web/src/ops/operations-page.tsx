import { useRoute } from 'preact-iso';
import { useState } from 'preact/hooks';
import { type Administration } from '../admin/api.js';
import { storeToken, TokenGate } from '../admin/token.js';
import '../styles/admin.css';
import '../styles/ops.css';
import { Page } from '../ui/page.js';
import { Spinner } from '../ui/states.js';
import { BookView } from './book-on-catalogs.js';
import { Catalogs } from './catalogs.js';
import { hostOf } from './names.js';
import { Picture } from './picture.js';
import { Plot } from './plot.js';
import { type ClusterSnapshot } from './types.js';
import { useCluster } from './use-cluster.js';

export default function OperationsPage() {
  const [opened, setOpened] = useState<Administration | null>(null);
  const close = (): void => {
    storeToken('');
    setOpened(null);
  };
  return (
    <Page title="Operations" class="ops">
      {opened === null ? (
        <>
          <h1>Operations</h1>
          <TokenGate what="Operations" opened={setOpened} />
        </>
      ) : (
        <Watching token={opened.token} close={close} />
      )}
    </Page>
  );
}

function Watching({ token, close }: { token: string; close: () => void }) {
  const { params } = useRoute();
  const { snapshot, points, live } = useCluster(token, close);
  return (
    <>
      <div class="admin-head">
        <h1>Operations</h1>
        <p class={`live ${live ? 'live-on' : ''}`} role="status">
          {live ? 'Live, each second' : snapshot ? 'The stream broke off; opening it again…' : ''}
        </p>
      </div>
      {snapshot === null ? (
        <Spinner label="Asking everybody how they are" />
      ) : (
        <>
          <Picture snapshot={snapshot} />
          <div class="plots">
            <Plot
              title="Requests"
              unit="a second"
              points={points}
              lines={[
                { name: 'answered', field: 'answersPerSecond', colour: 'good' },
                { name: 'failed', field: 'errorsPerSecond', colour: 'bad' },
              ]}
            />
            <Plot
              title="Latency"
              unit="ms"
              points={points}
              lines={[
                { name: 'half within', field: 'p50Ms', colour: 'good' },
                { name: '99 % within', field: 'p99Ms', colour: 'warn' },
              ]}
            />
            <Plot
              title="Cache hits"
              unit="%"
              top={100}
              points={points}
              lines={[{ name: 'of reads', field: 'hitPercent', colour: 'accent' }]}
            />
          </div>
          <h2>Catalogs</h2>
          <Catalogs snapshot={snapshot} />
          <h2>Front-end and order servers</h2>
          <Others snapshot={snapshot} />
          <BookView key={params['id']} token={token} snapshot={snapshot} id={params['id'] ?? ''} />
        </>
      )}
    </>
  );
}

function Others({ snapshot: { frontEnd, orders } }: { snapshot: ClusterSnapshot }) {
  return (
    <ul class="ops-cards">
      <li class="ops-card">
        <h3>Front-end</h3>
        <p class="ops-address">{hostOf(frontEnd.address)}</p>
        <dl class="ops-facts">
          {frontEnd.caches.map(({ cache, hits, misses }) => (
            <div key={cache}>
              <dt>{cache === 'lookup' ? 'Look-ups' : 'Searches'} from the cache</dt>
              <dd>{hits + misses === 0 ? 'none yet' : `${((100 * hits) / (hits + misses)).toFixed(1)} %`}</dd>
            </div>
          ))}
          <div>
            <dt>Answers since it started</dt>
            <dd>{frontEnd.answers.total}</dd>
          </div>
        </dl>
      </li>
      {orders.map(({ address, ready, answeredInMs }, index) => (
        <li key={address} class="ops-card">
          <h3>
            Order {index + 1}{' '}
            <span class={`state ${ready ? 'state-good' : 'state-bad'}`}>{ready ? 'ready' : 'not ready'}</span>
          </h3>
          <p class="ops-address">{hostOf(address)}</p>
          <dl class="ops-facts">
            <div>
              <dt>Answered in</dt>
              <dd>{answeredInMs === null ? 'no answer' : `${answeredInMs.toFixed(1)} ms`}</dd>
            </div>
          </dl>
        </li>
      ))}
    </ul>
  );
}

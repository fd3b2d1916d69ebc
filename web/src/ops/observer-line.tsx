import { useEffect, useState } from 'preact/hooks';
import { type OpsAccess } from './access.js';
import { observerWords, type ObserverWords } from './observer-words.js';
import { type Observation } from './types.js';

const ASK_EVERY_MS = 5_000;

/** What the observer of the front-end that is asked has found; nothing where none looks. */
export function ObserverLine({ access }: { access: OpsAccess }) {
  const [words, setWords] = useState<ObserverWords | null>(null);
  const [findings, setFindings] = useState<readonly string[]>([]);
  useEffect(() => {
    const leaving = new AbortController();
    const ask = async (): Promise<void> => {
      const answer = await access.ask('/ops/observer', undefined, leaving.signal);
      if (answer.kind === 'cancelled') return;
      if (answer.kind !== 'answered' || answer.status !== 200) {
        // What is shown is not known to hold any more.
        setWords(
          (before) => before && { tone: 'warn', text: 'What the observer finds cannot be asked for now.' },
        );
        return;
      }
      const observation = answer.body as Observation;
      setWords(observerWords(observation));
      setFindings(observation.findings);
    };
    void ask();
    const timer = setInterval(() => void ask(), ASK_EVERY_MS);
    return () => {
      clearInterval(timer);
      leaving.abort();
    };
  }, [access]);
  if (words === null) return null;
  return (
    <section class="observer" aria-label="Observer">
      <p class={`observer-words observer-${words.tone}`}>{words.text}</p>
      {findings.length > 0 && (
        <details>
          <summary>What it found last</summary>
          <ul>
            {findings.map((finding) => (
              <li key={finding}>{finding}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

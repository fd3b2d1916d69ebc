import { type ChangeState } from './use-change.js';

/** Says why a change was not made, or that its outcome is not known. */
export function Refusal({ state }: { state: ChangeState<unknown> }) {
  return (
    <div role="status">
      {(state.kind === 'refused' || state.kind === 'unknown') && (
        <p class="result result-bad">{state.message}</p>
      )}
    </div>
  );
}

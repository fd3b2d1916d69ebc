import { useRef, useState } from 'preact/hooks';
import { newKey } from '../purchase/key.js';
import { type Administered } from './api.js';

export type ChangeState<T> =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending' }
  | Exclude<Administered<T>, { kind: 'not allowed' | 'off' }>;

/** One change at a time. While its outcome is unknown it is sent again under its own key, so it happens once. */
export function useChange<T>(notAllowed: () => void): {
  state: ChangeState<T>;
  send: (change: (key: string) => Promise<Administered<T>>) => Promise<void>;
  reset: () => void;
} {
  const [state, setState] = useState<ChangeState<T>>({ kind: 'idle' });
  const key = useRef<string | null>(null);
  const sending = useRef(false);
  const send = async (change: (key: string) => Promise<Administered<T>>): Promise<void> => {
    if (sending.current) return;
    sending.current = true;
    setState({ kind: 'sending' });
    key.current ??= newKey();
    const result = await change(key.current);
    sending.current = false;
    if (result.kind !== 'unknown') key.current = null;
    if (result.kind === 'not allowed' || result.kind === 'off') notAllowed();
    else setState(result);
  };
  /** What is sent next is another change. */
  const reset = (): void => {
    key.current = null;
    if (!sending.current) setState({ kind: 'idle' });
  };
  return { state, send, reset };
}

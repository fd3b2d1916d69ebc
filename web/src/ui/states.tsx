import { type ComponentChildren } from 'preact';
import { Icon } from './icons.js';

/** Something that took the place of what was asked for. */
export function Notice(props: {
  title: string;
  children?: ComponentChildren;
  retry?: () => void;
  tone?: 'error';
}) {
  return (
    <div
      class={`notice ${props.tone === 'error' ? 'notice-error' : ''}`}
      role={props.tone === 'error' ? 'alert' : undefined}
    >
      <Icon name={props.tone === 'error' ? 'cloud' : 'book'} />
      <h2>{props.title}</h2>
      {props.children && <p>{props.children}</p>}
      {props.retry && (
        <button type="button" class="button" onClick={props.retry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Spinner({ label }: { label: string }) {
  return (
    <p class="spinner" role="status">
      <span class="spinner-wheel" aria-hidden="true" /> {label}
    </p>
  );
}

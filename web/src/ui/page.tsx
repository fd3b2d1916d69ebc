import { type ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

/** A page's own part; its title is the tab's as well. */
export function Page({
  title,
  class: name = '',
  children,
}: {
  title: string;
  class?: string;
  children: ComponentChildren;
}) {
  useEffect(() => {
    document.title = title === 'Bazar' ? title : `${title} · Bazar`;
  }, [title]);
  return <div class={`page ${name}`}>{children}</div>;
}

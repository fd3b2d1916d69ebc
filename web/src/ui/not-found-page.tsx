import { Page } from './page.js';
import { Notice } from './states.js';

export function NotFoundPage() {
  return (
    <Page title="Page not found">
      <h1 class="visually-hidden">Page not found</h1>
      <Notice title="There is no such page">
        <a href="/">To the shop's front</a>
      </Notice>
    </Page>
  );
}

import { render } from 'preact';
import { App } from './app.js';
import { isOpenIn } from './checkout/open-checkout.js';
import { desk } from './purchase/desk-in-browser.js';
import { browserStorage } from './purchase/slot.js';
import { applyTheme, storedTheme } from './ui/theme.js';
import './styles/base.css';
import './styles/shop.css';

applyTheme(storedTheme());
const root = document.getElementById('app');
if (root) render(<App />, root);
void desk.resume();
// What a checkout was asking the shop goes on, on whichever page.
if (isOpenIn(browserStorage())) {
  void import('./checkout/checkout-in-browser.js').then(({ checkout }) => checkout.resume());
}

import { render } from 'preact';
import { App } from './app.js';
import { desk } from './purchase/desk-in-browser.js';
import { applyTheme, storedTheme } from './ui/theme.js';
import './styles/base.css';
import './styles/shop.css';

applyTheme(storedTheme());
const root = document.getElementById('app');
if (root) render(<App />, root);
void desk.resume();

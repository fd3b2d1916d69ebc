import { ErrorBoundary, lazy, LocationProvider, Route, Router } from 'preact-iso';
import { useRef } from 'preact/hooks';
import { BookPage } from './shop/book-page.js';
import { HomePage } from './shop/home-page.js';
import { MyOrdersPage } from './shop/my-orders-page.js';
import { OrderPage } from './shop/order-page.js';
import { Header } from './ui/header.js';
import { NotFoundPage } from './ui/not-found-page.js';

const BasketPage = lazy(() => import('./basket/basket-page.js'));
const CheckoutPage = lazy(() => import('./checkout/checkout-page.js'));
const AdministrationPage = lazy(() => import('./admin/administration-page.js'));
const OpsPage = lazy(() => import('./ops/ops-page.js'));

/** Links elsewhere (Swagger at `/api`) are the browser's. */
const PAGES = /^\/($|[?#]|book\/|order\/|my-orders|basket|checkout|admin|ops)/;

export function App() {
  const lastPath = useRef(location.pathname);
  /** A new page begins at its top for the keyboard and the screen reader too; a search that is being typed stays where it is. */
  const focusMain = (url: string): void => {
    const path = new URL(url, location.origin).pathname;
    const moved = lastPath.current !== path;
    lastPath.current = path;
    const typing = document.activeElement instanceof HTMLInputElement && path === '/';
    if (moved && !typing) document.getElementById('main')?.focus({ preventScroll: true });
  };
  return (
    <LocationProvider scope={PAGES}>
      <Header />
      <main id="main" tabIndex={-1}>
        <ErrorBoundary>
          <Router onRouteChange={focusMain} onLoadEnd={focusMain}>
            <Route path="/" component={HomePage} />
            <Route path="/book/:id" component={BookPage} />
            <Route path="/my-orders" component={MyOrdersPage} />
            <Route path="/basket" component={BasketPage} />
            <Route path="/checkout" component={CheckoutPage} />
            <Route path="/order/:orderId" component={OrderPage} />
            <Route path="/admin" component={AdministrationPage} />
            <Route path="/admin/:section" component={AdministrationPage} />
            <Route path="/ops" component={OpsPage} />
            <Route path="/ops/:section/:id?" component={OpsPage} />
            <Route default component={NotFoundPage} />
          </Router>
        </ErrorBoundary>
      </main>
      <footer class="footer">
        <p>Every copy counted, none sold twice.</p>
        <nav aria-label="Behind the counter">
          <a href="/admin">Administration</a> <a href="/ops">Ops</a> <a href="/api">API</a>
        </nav>
      </footer>
    </LocationProvider>
  );
}

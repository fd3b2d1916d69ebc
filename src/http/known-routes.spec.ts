import fastify from 'fastify';
import 'reflect-metadata';
import { KnownRoutes } from './known-routes.js';

describe('KnownRoutes', () => {
  it.each([
    ['/lookup/1', ['GET', 'HEAD']],
    ['/lookup/1/?x=/buy/1', ['GET', 'HEAD']],
    ['/lookup', []],
    ['/lookup/1/2', []],
    ['/books', ['GET', 'HEAD', 'POST']],
    ['/books/a.b', ['PATCH']],
    ['/booksXcsv', []],
    ['/books.csv', ['GET', 'HEAD']],
    ['/anything/else', []],
  ])('%s takes %j', async (url, methods) => {
    const app = fastify();
    const routes = new KnownRoutes();
    routes.watch(app);
    app.get('/lookup/:id', () => '');
    app.get('/books', () => '');
    app.post('/books', () => '');
    app.patch('/books/:id', () => '');
    app.get('/books.csv', () => '');
    app.get('/*', () => '');
    await app.ready();
    expect(routes.methodsOf(url)).toEqual(methods);
  });
});

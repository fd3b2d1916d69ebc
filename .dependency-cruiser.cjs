/** Imports go down only: main → bootstrap → app.module → roles → ground → contract → core (ARCHITECTURE.md). */
const layer = (name, from, forbidden) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: '\\.spec\\.ts$' },
  to: { path: forbidden },
});
/** What every role stands on; it knows none of them. */
const ground = 'foundation|rpc|http|observability|runtime';
const roles = ['catalog', 'order', 'frontend'];

module.exports = {
  forbidden: [
    layer('core-is-pure', '^src/core', [
      '^src/(?!core)',
      'node_modules/(?!lru-cache)',
      '^(node:)?(fs|http|https|net|timers|crypto|perf_hooks|child_process|worker_threads|os|dns|tls|stream)(/|$)',
    ]),
    layer('contract-knows-only-core', '^src/contract', '^src/(?!contract|core)'),
    layer('config-knows-only-contract', '^src/config', '^src/(?!config|contract|core)'),
    layer('ground-knows-no-role', `^src/(${ground})`, `^src/(?!${ground}|config|contract|core)`),
    ...roles.map((role) =>
      layer(
        `${role}-knows-no-other-role`,
        `^src/${role}/`,
        `^src/(?!${role}/|${ground}|config|contract|core)`,
      ),
    ),
    layer(
      'local-cluster-boots-processes',
      '^src/local-cluster',
      `^src/(?!local-cluster|${ground}|config|contract|core)`,
    ),
    layer('only-tests-and-bench-outside', '^src', '^(test|bench)/'),
    { name: 'no-cycles', severity: 'error', from: { path: '^src' }, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};

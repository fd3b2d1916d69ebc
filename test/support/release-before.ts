import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A commit of the release before this one: its processes and this release's have to work together, so that they can be replaced one at a
 * time. A release moves it on to the release that it follows. (What came before this one spoke another line: docs/adr/0025.)
 */
const RELEASE_BEFORE = 'f10aea4c54dbad3f6d8c32c0abb36f4b4315184e';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The release before, built in a folder of its own. Takes half a minute: give it to `beforeAll` with a time of its own. */
export class ReleaseBefore {
  readonly entry: string;

  private constructor(private readonly folder: string) {
    this.entry = join(folder, 'dist', 'main.js');
  }

  static build(): ReleaseBefore {
    fetchIfMissing();
    const release = new ReleaseBefore(mkdtempSync(join(tmpdir(), 'bazar-release-before-')));
    try {
      const archive = execFileSync('git', ['archive', RELEASE_BEFORE], { cwd: ROOT, maxBuffer: 2 ** 28 });
      execFileSync('tar', ['-x'], { cwd: release.folder, input: archive });
      release.install();
      release.run('node_modules/.bin/nest', 'build');
      release.run('scripts/bundle.js');
      return release;
    } catch (error) {
      release.remove();
      throw error;
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What is installed here will do, unless it needed something else. */
  private install(): void {
    const [before, now] = [this.folder, ROOT].map(
      (folder) => (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package).dependencies,
    ) as [Package['dependencies'], Package['dependencies']];
    const isSame = Object.entries(before).every(
      ([name, range]) => now[name] === range || !this.imports(name),
    );
    if (isSame) symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
    else execFileSync('npm', ['ci'], { cwd: this.folder, stdio: 'ignore' });
  }

  private imports(name: string): boolean {
    return spawnSync('grep', ['-rqF', `'${name}`, 'src', 'scripts'], { cwd: this.folder }).status === 0;
  }

  private run(script: string, ...args: string[]): void {
    execFileSync(process.execPath, [script, ...args], { cwd: this.folder, stdio: 'pipe' });
  }
}

/** A clone without its history has to get this one commit. */
function fetchIfMissing(): void {
  const git = (...args: string[]): void => {
    execFileSync('git', args, { cwd: ROOT, stdio: 'pipe' });
  };
  try {
    git('cat-file', '-e', `${RELEASE_BEFORE}^{tree}`);
  } catch {
    try {
      git('fetch', '--depth', '1', 'origin', RELEASE_BEFORE);
    } catch (error) {
      throw new Error(
        `this needs commit ${RELEASE_BEFORE}, the release before: run it in a clone of the repository with its history`,
        { cause: error },
      );
    }
  }
}

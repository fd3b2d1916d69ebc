import { statSync } from 'node:fs';
import { StartError } from '../../runtime/start-error.js';

/**
 * A database that this process has open. Removed or replaced meanwhile, it would take writes as before, into a file that nobody can ever open
 * again: so whoever is told that something is on disk is told so only while the file stands where it was.
 */
export class OpenFile {
  #files: readonly { readonly path: string; inode: bigint | undefined }[];

  constructor(private readonly path: string) {
    // Commits stand in the log until they are brought into the file.
    this.#files = [path, `${path}-wal`].map((each) => ({ path: each, inode: inodeOf(each) }));
  }

  /** Throws `StartError` when it is not there any more, or another is. */
  assertInPlace(): void {
    for (const file of this.#files) {
      const inode = inodeOf(file.path);
      // The log begins with the first write.
      file.inode ??= inode;
      if (inode !== file.inode) throw new StartError(this.#gone(file.path));
    }
  }

  /** All that it takes on the disk. */
  bytes(): number {
    return this.#files.reduce(
      (sum, { path }) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  }

  #gone(file: string): string {
    return (
      `${file} was moved, removed or replaced while this catalog had it open: nothing that it writes from now on would last, so it ends. ` +
      `If ${this.path} was moved, put it back with all files that begin with its name; then start this catalog again. ` +
      'With no file it learns all from the other catalogs, when all of them run; if there are none, take it from a backup'
    );
  }
}

/** Undefined when nothing is there, or nobody can tell. */
function inodeOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}

/** Where a progress line is drawn: standard error, or nowhere when nobody looks. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface ProgressLine {
  advance(bytes: number): void;
  end(): void;
}

const WIDTH = 30;

/** One line, drawn anew at each percent. */
export function progressLine(terminal: Terminal, total: number): ProgressLine {
  let sent = 0;
  let drawn = -1;
  const isDrawn = terminal.isTTY === true && total > 0;
  return {
    advance(bytes) {
      sent += bytes;
      const percent = Math.floor((100 * sent) / total);
      if (!isDrawn || percent === drawn) return;
      drawn = percent;
      const full = Math.round((WIDTH * percent) / 100);
      terminal.write(`\r[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${String(percent).padStart(3)} %`);
    },
    end() {
      if (drawn >= 0) terminal.write('\n');
    },
  };
}

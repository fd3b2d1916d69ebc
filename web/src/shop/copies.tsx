interface CopiesProps {
  readonly copies: number;
  /** Buttons stop there; more can be typed, and is for the caller to say. */
  readonly most: number;
  readonly disabled: boolean;
  readonly change: (copies: number) => void;
  /** The book, where there are several. */
  readonly of?: string;
  /** Element that says what is wrong with the number. */
  readonly describedBy?: string;
}

/** More cannot be asked for (`BOOK_LIMITS.quantity`). */
const MOST_TYPED = 1_000_000_000;

export function Copies({ copies, most, disabled, change, of, describedBy }: CopiesProps) {
  const name = of === undefined ? '' : ` of ${of}`;
  return (
    <div class="copies" role="group" aria-label={`How many copies${name}`}>
      <button
        type="button"
        aria-label={`One copy less${name}`}
        disabled={disabled || copies <= 1}
        onClick={() => change(copies - 1)}
      >
        −
      </button>
      <input
        type="number"
        inputMode="numeric"
        aria-label={`Copies${name}`}
        aria-describedby={describedBy}
        aria-invalid={copies > most && most > 0}
        min={1}
        step={1}
        value={copies}
        disabled={disabled}
        onChange={(event) => {
          const typed = Math.trunc(event.currentTarget.valueAsNumber) || 1;
          const wanted = Math.min(MOST_TYPED, Math.max(1, typed));
          event.currentTarget.value = String(wanted);
          change(wanted);
        }}
      />
      <button
        type="button"
        aria-label={`One copy more${name}`}
        disabled={disabled || copies >= most}
        onClick={() => change(copies + 1)}
      >
        +
      </button>
    </div>
  );
}

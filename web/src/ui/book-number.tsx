interface Props {
  readonly value: string;
  readonly change: (value: string) => void;
}

export function BookNumber({ value, change }: Props) {
  return (
    <label class="field">
      <span>Book number</span>
      <input
        inputMode="numeric"
        pattern="[1-9][0-9]{0,14}"
        required
        value={value}
        onInput={(event) => change(event.currentTarget.value)}
      />
    </label>
  );
}

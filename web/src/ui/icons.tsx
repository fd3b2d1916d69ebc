/** Drawn on a 24 x 24 grid, as strokes. */
const PATHS = {
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13M15.5 15.5L20 20',
  bag: 'M5 8h14l1 12H4zM9 10V7a3 3 0 0 1 6 0v3',
  basket: 'M3 10h18l-2 10H5zM8 10l3-6M16 10l-3-6M9.5 13.5v3M14.5 13.5v3',
  plus: 'M12 5v14M5 12h14',
  clock: 'M12 4a8 8 0 1 1 0 16a8 8 0 0 1 0-16M12 8v4.5l3 2',
  sun: 'M12 8a4 4 0 1 1 0 8a4 4 0 0 1 0-8M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5',
  half: 'M12 3a9 9 0 1 1 0 18a9 9 0 0 1 0-18M12 3v18M12 7h4.5M12 11h7M12 15h6',
  check: 'M4 12.5l5.5 5.5L20 6.5',
  book: 'M12 6C9 4 6 4 3 5v14c3-1 6-1 9 1c3-2 6-2 9-1V5c-3-1-6-1-9 1zM12 6v14',
  cloud: 'M7 18a4.5 4.5 0 0 1-.5-8.9A6 6 0 0 1 18 9.5A4.3 4.3 0 0 1 17.5 18zM10 13l4 0',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  back: 'M14 6l-6 6l6 6',
  upload: 'M12 16V4M7 9l5-5l5 5M4 16v4h16v-4',
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.8"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

/** The awning of a market stall over an open book. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        class="logo-awning"
        d="M3 5h26v8a4.33 4.33 0 0 1-8.67 0a4.33 4.33 0 0 1-8.66 0A4.33 4.33 0 0 1 3 13z"
      />
      <path class="logo-stripe" d="M11.67 5h8.66v8a4.33 4.33 0 0 1-8.66 0z" />
      <path
        class="logo-book"
        d="M5 20.5c4-1.3 7.5-.9 11 1.3c3.5-2.2 7-2.6 11-1.3V28c-4-1.3-7.5-.9-11 1.3c-3.5-2.2-7-2.6-11-1.3z"
      />
    </svg>
  );
}

import { freePorts } from './ports.js';

/** How many of each role a test boots, and settings that it wants otherwise than by default. */
export interface Layout {
  readonly catalogs: number;
  readonly orders: number;
  readonly frontEnds: number;
  /** For every role. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Has the last word on where a role stands and what it is told. */
  readonly adjust?: (placed: PlacedRole) => PlacedRole;
}

export interface PlacedRole {
  readonly name: string;
  readonly address: string;
  readonly env: Readonly<Record<string, string>>;
  /** What a process of its own is started through. */
  readonly launcher?: readonly string[];
}

export const CLUSTER_SECRET = 'test-cluster-secret-of-32-characters';
export const ADMIN_TOKEN = 'test-admin-token';

/** The settings of every role of a bookstore on free ports; catalog `i` keeps its books in `<folder>/catalog-<i>.sqlite`. */
export async function placeRoles(layout: Layout, folder: string): Promise<PlacedRole[]> {
  const ports = await freePorts(layout.catalogs + layout.orders + layout.frontEnds);
  const addresses = ports.map((port) => `http://127.0.0.1:${port}`);
  const catalogs = addresses.slice(0, layout.catalogs);
  const orders = addresses.slice(layout.catalogs, layout.catalogs + layout.orders);
  const frontEnds = addresses.slice(layout.catalogs + layout.orders);
  const place = (role: string, index: number, address: string, own: Record<string, string>): PlacedRole => ({
    name: `${role} ${index + 1}`,
    address,
    env: {
      ROLE: role,
      HOST: '127.0.0.1',
      PORT: new URL(address).port,
      ADVERTISED_ADDRESS: address,
      CATALOG_ADDRESSES: catalogs.join('|'),
      CLUSTER_SECRET,
      LOG_LEVEL: 'silent',
      // Most tests end all at once: there is nobody to be sent elsewhere.
      DRAIN_MS: '0',
      ...own,
      ...layout.settings,
    },
  });
  const roles = [
    ...catalogs.map((address, index) =>
      place('catalog', index, address, { DATABASE_URL: `sqlite:${folder}/catalog-${index + 1}.sqlite` }),
    ),
    ...orders.map((address, index) =>
      place('order', index, address, {
        CATALOG_ADDRESSES: [...catalogs.slice(index % catalogs.length), ...catalogs].join('|'),
      }),
    ),
    ...frontEnds.map((address, index) =>
      place('frontend', index, address, { ORDER_ADDRESSES: orders.join('|'), ADMIN_TOKEN }),
    ),
  ];
  return layout.adjust === undefined ? roles : roles.map(layout.adjust);
}

/** Calls a role as another role would. */
export function callInternal(address: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${CLUSTER_SECRET}`);
  return fetch(`${address}${path}`, { ...init, headers, signal: AbortSignal.timeout(10_000) });
}

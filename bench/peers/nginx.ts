import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../test/support/ports.js';
import { type RoleAtWork } from '../bookstore.js';
import { isInstalled, Running } from '../processes.js';
import { type Peer } from './bare.js';

/** Debian's package: `apt-get install nginx-light`. */
export const hasNginx = (): boolean => isInstalled('nginx');

/** One nginx worker with `proxy_cache` in front of a catalog, which keeps what it was told for a minute. */
export async function startNginx(catalog: RoleAtWork, folder: string, core: number): Promise<Peer> {
  const [port = 0] = await freePorts(1);
  mkdirSync(join(folder, 'cache'), { recursive: true });
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration(port, catalog, folder));
  const running = new Running({
    command: 'nginx',
    args: ['-c', file, '-e', 'stderr'],
    core,
    folder,
    name: 'nginx',
  });
  const url = `http://127.0.0.1:${port}`;
  await running.ready(async () => (await fetch(`${url}/query/item/2`)).status === 200);
  return { url, running };
}

function configuration(port: number, catalog: RoleAtWork, folder: string): string {
  return `
daemon off;
master_process off;
worker_processes 1;
user root;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path ${folder}/body;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  proxy_temp_path ${folder}/proxy;
  proxy_cache_path ${folder}/cache keys_zone=books:64m use_temp_path=off;
  upstream catalog { server ${new URL(catalog.address).host}; keepalive 16; }
  server {
    listen 127.0.0.1:${port};
    location /fixed { return 200 "fixed"; }
    location / {
      proxy_pass http://catalog;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer ${catalog.secret}";
      proxy_cache books;
      proxy_cache_valid 200 1m;
      proxy_ignore_headers Cache-Control Set-Cookie;
    }
  }
}
`;
}

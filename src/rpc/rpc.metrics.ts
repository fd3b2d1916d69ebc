import { Injectable } from '@nestjs/common';
import { Metrics } from '../observability/metrics.js';
import { Rpc } from './rpc.js';

@Injectable()
export class RpcMetrics {
  constructor(metrics: Metrics, rpc: Rpc) {
    metrics.gauges(
      'bazar_line_up',
      'Lines that this process keeps to other roles: 1 while a connection stands',
      ['to', 'channel'],
      () =>
        rpc.kept().map(({ to: { address: to, audience, channel }, isUp }) => ({
          labels: { to, channel: audience === 'peers' ? `${audience} ${channel}` : channel },
          value: Number(isUp),
        })),
    );
    metrics.gauges(
      'bazar_lines_accepted',
      'Lines that other roles have opened to this process',
      ['from'],
      () => {
        const counts = new Map<string, number>();
        for (const { other } of rpc.accepted()) counts.set(other.role, (counts.get(other.role) ?? 0) + 1);
        return [...counts].map(([from, value]) => ({ labels: { from }, value }));
      },
    );
  }
}

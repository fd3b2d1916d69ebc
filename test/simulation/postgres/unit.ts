import { type SimulatedProcess } from '../engine/process.js';
import { type Connection, type Database } from './database.js';
import { type World } from './world.js';

/** All connections of one member to one server: they are dropped together, so that none outlives the beats (P8). */
export class Unit {
  readonly beats: Connection;
  readonly fencing = new Set<string>();
  private readonly connections = new Set<Connection>();

  constructor(readonly database: Database) {
    this.beats = this.connect();
  }

  connect(): Connection {
    const connection = this.database.connect();
    this.connections.add(connection);
    return connection;
  }

  /** The client closes it; the server hears of it a little later, or by a timeout of its own where it is cut off. */
  giveUp(world: World, from: SimulatedProcess, connection: Connection): void {
    this.connections.delete(connection);
    world.statement(
      from,
      this.database,
      connection,
      () => this.database.close(connection),
      () => undefined,
    );
  }

  drop(): void {
    for (const connection of this.connections) this.database.close(connection);
    this.connections.clear();
  }
}

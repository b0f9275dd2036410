// Versions that this desk made itself, and that boards may not show yet: pure.

/** A command is meant for the version that was looked at; what came after it by this desk's own hand is no
 *  conflict with anybody. */
export class OwnVersions {
  private readonly made = new Map<string, { from: number; to: number }>();

  /** The version for the next command of somebody who looks at `shown`. */
  current(order: string, shown: number): number {
    const own = this.made.get(order);
    return own && own.from <= shown && shown < own.to ? own.to : shown;
  }
  /** A command made `after` of `before`, and nobody else did anything between them. */
  note(order: string, before: number, after: number): void {
    const own = this.made.get(order);
    this.made.set(order, { from: own?.to === before ? own.from : before, to: after });
  }
}

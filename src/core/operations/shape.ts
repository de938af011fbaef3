/**
 * The small language in which the service's structures are written down: type, limits, default and one line of documentation per
 * member. Validation, the XML codec of the engine, the wizard's questions and the JSON schema of job files all walk these shapes.
 */
interface ShapeBase {
  /** One plain sentence for hovers and questions. */
  readonly doc?: string;
  /** What the service does when the member is left out, in words that complete "Left out: …". */
  readonly whenOmitted?: string;
  /** The AWS page that the rules of this shape, and of what is in it, come from; that of its owner unless given. */
  readonly docUrl?: string;
}

export interface StringShape extends ShapeBase {
  readonly type: 'string';
  /** In characters (code points). */
  readonly min?: number;
  readonly max?: number;
  /** A JavaScript regular expression with the `u` flag that must match the whole value; always checked anchored. */
  readonly pattern?: string;
  /** What a value that fits `pattern` is, with an example: completes "must be …". */
  readonly expected?: string;
  readonly enum?: readonly string[];
  /** Values that the documents know of a member that the model leaves open; others pass. */
  readonly suggested?: readonly string[];
  /** One line for each value of `enum` that needs one. */
  readonly enumDocs?: Readonly<Record<string, string>>;
}

/** A whole number: the service's integer of 32 bits, or its long as far as JavaScript holds it exactly. */
export interface IntegerShape extends ShapeBase {
  readonly type: 'integer';
  readonly isLong?: boolean;
  readonly min?: number;
  readonly max?: number;
}

export interface BooleanShape extends ShapeBase {
  readonly type: 'boolean';
}

/** ISO 8601 text: a date, or a date and time (`2026-01-31`, `2026-01-31T08:00:00Z`). Read as UTC when it names no zone. */
export interface TimestampShape extends ShapeBase {
  readonly type: 'timestamp';
}

export interface ListShape extends ShapeBase {
  readonly type: 'list';
  readonly item: Shape;
  /** In items. */
  readonly min?: number;
  readonly max?: number;
  /** Element name of an item on the wire; `member` unless said. */
  readonly itemName?: string;
}

export interface MapShape extends ShapeBase {
  readonly type: 'map';
  readonly key: StringShape;
  readonly value: StringShape;
  readonly min?: number;
  readonly max?: number;
}

export interface StructureShape extends ShapeBase {
  readonly type: 'structure';
  readonly members: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  /** A union: exactly one member is set. */
  readonly isUnion?: boolean;
  /** Members whose element name on the wire is another than the member's (`SSEKMS` is `SSE-KMS`). */
  readonly wireNames?: Readonly<Record<string, string>>;
}

export type Shape = StringShape | IntegerShape | BooleanShape | TimestampShape | ListShape | MapShape | StructureShape;

/** The limits of a whole number: its own, else those of its type. */
export function integerLimits({ isLong, min, max }: IntegerShape): { readonly min: number; readonly max: number } {
  return {
    min: min ?? (isLong === true ? Number.MIN_SAFE_INTEGER : -(2 ** 31)),
    max: max ?? (isLong === true ? Number.MAX_SAFE_INTEGER : 2 ** 31 - 1),
  };
}

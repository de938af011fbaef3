/**
 * The small language in which the service's structures are written down: type, limits, default and one line of documentation per
 * member. Validation, the XML codec of the engine, the wizard's questions and the JSON schema of job files all walk these shapes.
 */
interface ShapeBase {
  /** One plain sentence for hovers and questions. */
  readonly doc?: string;
}

export interface StringShape extends ShapeBase {
  readonly type: 'string';
  /** In characters. */
  readonly min?: number;
  readonly max?: number;
  /** A JavaScript regular expression that must match the whole value; always checked anchored. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

export interface IntegerShape extends ShapeBase {
  readonly type: 'integer';
  readonly min?: number;
  readonly max?: number;
}

export interface BooleanShape extends ShapeBase {
  readonly type: 'boolean';
}

/** ISO 8601 text. */
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
  /** Members whose element name on the wire is another than the member's (`SSEKMS` is `SSE-KMS`). */
  readonly wireNames?: Readonly<Record<string, string>>;
}

export type Shape = StringShape | IntegerShape | BooleanShape | TimestampShape | ListShape | MapShape | StructureShape;

import { canDecideLayout, type RowText, type RowView, viewRow } from './rowView.js';
import { layoutOfFirstRow, type ManifestLayout } from './manifestLayout.js';
import { dataRowRules } from './rules/allRules.js';
import { blankLine } from './rules/blankLine.js';
import { headerRow } from './rules/headerRow.js';
import type { Finding } from './rules/rule.js';

/** What is known before a row: the columns, and whether a header row may still come. */
export interface RowContext {
  readonly layout: ManifestLayout;
  /** True until the first data row. */
  readonly canBeHeader: boolean;
}

export type RowKind = 'blank' | 'header' | 'data';

export interface JudgedRow {
  readonly kind: RowKind;
  /** In no particular order; all at their rules' own severities. */
  readonly findings: readonly Finding[];
  /** The layout from this row on. */
  readonly layout: ManifestLayout;
  /** True for the row that decided the layout. */
  readonly decidesLayout: boolean;
  readonly view: RowView;
}

/** Judges one row for itself: a pure function of its text and its context. What needs other rows is CrossRowState's. */
export function judgeRow(row: RowText, context: RowContext): JudgedRow {
  let view = viewRow(row, context.layout);
  const blank = blankLine.check(view);
  if (blank !== undefined) return { kind: 'blank', findings: [blank], layout: context.layout, decidesLayout: false, view };
  const header = context.canBeHeader ? headerRow.check(view) : undefined;
  if (header !== undefined) return { kind: 'header', findings: [header], layout: context.layout, decidesLayout: false, view };

  let { layout } = context;
  const decidesLayout = layout.columnCount === undefined && canDecideLayout(view);
  if (decidesLayout) {
    layout = layoutOfFirstRow(view.fields.length);
    view = viewRow(row, layout);
  }
  const findings: Finding[] = [];
  for (const rule of dataRowRules) {
    const found = rule.check(view);
    if (found !== undefined) findings.push(found);
  }
  return { kind: 'data', findings, layout, decidesLayout, view };
}

/** What other rows need to know of a row without a problem of its own, found without judging it rule by rule. */
export interface CleanRow {
  readonly bucket: string;
  readonly identity: string;
}

const cleanBucket = /^[a-z0-9](?:[a-z0-9-]){1,61}[a-z0-9],/;
/** For a name with the comma behind it. */
export function isCleanBucket(prefix: string): boolean {
  return cleanBucket.test(prefix) && prefix.indexOf(',') === prefix.length - 1;
}

const cleanKey = String.raw`(?!\/|%2[Ff])(?:[A-Za-z0-9\-_.~\/!'()*]|%(?!25[0-9A-Fa-f]{2})[0-7][0-9A-Fa-f]){1,1024}`;
const cleanTwoColumns = new RegExp(`^${cleanKey}$`);
const cleanThreeColumns = new RegExp(`^(${cleanKey}),([A-Za-z0-9._-]+)$`);

/**
 * The short way for the row that most rows are: `bucket,key[,version]` without quotes and with ASCII escapes only. Undefined means
 * "look closer", never "wrong"; a row that it takes has no finding of any row rule.
 */
export function tryCleanRow(row: RowText, context: RowContext): CleanRow | undefined {
  const { layout } = context;
  if (context.canBeHeader || row.isCut || layout.columnCount === undefined) return undefined;
  if (layout.bucket !== 0 || layout.key !== 1 || row.text.length > 4096) return undefined;
  const prefix = cleanBucket.exec(row.text)?.[0];
  if (prefix === undefined) return undefined;
  const bucket = prefix.slice(0, -1);
  const rest = row.text.slice(prefix.length);
  if (layout.columnCount === 2) {
    if (rest.length > 1024 || !cleanTwoColumns.test(rest)) return undefined;
    return { bucket, identity: identityOf(bucket, rest, '') };
  }
  if (layout.columnCount !== 3 || layout.versionId !== 2) return undefined;
  const match = cleanThreeColumns.exec(rest);
  const [, key, version] = match ?? [];
  if (key === undefined || version === undefined || key.length > 1024) return undefined;
  return { bucket, identity: identityOf(bucket, key, version) };
}

/** The key holds ASCII escapes only, which always decode. */
function identityOf(bucket: string, key: string, version: string): string {
  return `${bucket}\n${key.includes('%') ? decodeURIComponent(key) : key}\n${version}`;
}

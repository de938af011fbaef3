import type * as vscode from 'vscode';
import type { LintResult } from '../../core/manifest/lintManifest.js';
import type { ManifestField } from '../../core/job/jobTypes.js';
import type { Edits } from '../../core/manifest/editList.js';
import type { Problem } from '../../core/manifest/problem.js';

/** A manifest that is open, as the providers (code actions, lenses, hovers) see it. */
export interface LintedManifest {
  readonly document: vscode.TextDocument;
  /** The columns that a job file or a person declared. */
  readonly fields: readonly ManifestField[] | undefined;
  /** Of the document as it is now; undefined while a large one that has changed is being linted. */
  result(): LintResult | undefined;
  /** The last that is known, maybe of the document as it was some edits ago; undefined until there is one. */
  readonly lastResult: LintResult | undefined;
  /** All problems of a rule, also those beyond the ones listed; none when the document changes meanwhile. Takes its time, in slices. */
  problemsOfRule(rule: string): Promise<readonly Problem[]>;
  /** One workspace edit for any number of edits, in ascending order; undefined when the document changes meanwhile. */
  edit(edits: Edits): Promise<vscode.WorkspaceEdit | undefined>;
  /** Every fix whose result is certain, applied until none is left; undefined when there is nothing to fix or the document changes. */
  fixAllEdit(): Promise<vscode.WorkspaceEdit | undefined>;
}

/** The open manifests. */
export interface LintedManifests {
  get(document: vscode.TextDocument): LintedManifest | undefined;
  /** Fires when what was published about a document has changed, or a document became or ceased to be a manifest. */
  readonly onDidChange: vscode.Event<vscode.TextDocument>;
}

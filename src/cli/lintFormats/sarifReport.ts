import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Edit, Problem, Range, Severity } from '../../core/manifest/problem.js';
import { allRules } from '../../core/manifest/rules/allRules.js';
import { ruleExamples } from '../../core/manifest/rules/examples.js';
import type { RuleId } from '../../core/manifest/rules/rule.js';
import type { LintReport } from './lintReport.js';

const levelOf: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', information: 'note' };

/** SARIF 2.1.0 (OASIS), one run, fixes included. */
export const sarifReport: LintReport = (files, _style, { tool }) => {
  const { version, informationUri } = tool;
  const document = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 's3batch',
            version,
            semanticVersion: version,
            informationUri,
            rules: allRules.map((rule) => ({
              id: rule.id,
              shortDescription: { text: rule.description },
              help: { text: helpOf(rule.id) },
              helpUri: rule.docUrl,
              defaultConfiguration: { level: levelOf[rule.severity] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        artifacts: files.map(({ path }) => ({ location: { uri: uriOf(path) } })),
        results: files.flatMap(({ path, result }, index) => {
          const artifactLocation = { uri: uriOf(path), index };
          return result.problems.map((problem) => resultOf(problem, artifactLocation));
        }),
        properties: {
          files: files.map(({ path, result }) => ({
            path,
            rows: result.rows,
            counts: result.counts,
            truncated: result.isTruncated,
          })),
        },
      },
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
};

function helpOf(rule: RuleId): string {
  const { wrong, right } = ruleExamples[rule];
  return wrong === '' ? `Right:\n${right}` : `Wrong:\n${wrong}\n\nRight:\n${right}`;
}

interface ArtifactLocation {
  readonly uri: string;
  readonly index: number;
}

function resultOf(problem: Problem, artifactLocation: ArtifactLocation): object {
  const fixes = problem.fixes.filter((fix) => fix.edits.length > 0);
  return {
    ruleId: problem.rule,
    ruleIndex: allRules.findIndex((rule) => rule.id === problem.rule),
    level: levelOf[problem.severity],
    message: { text: problem.message },
    locations: [{ physicalLocation: { artifactLocation, region: regionOf(problem.range) } }],
    ...(fixes.length > 0 && {
      fixes: fixes.map((fix) => ({
        description: { text: fix.title },
        artifactChanges: [{ artifactLocation, replacements: fix.edits.map(replacementOf) }],
      })),
    }),
  };
}

function replacementOf(edit: Edit): object {
  return { deletedRegion: regionOf(edit.range), ...(edit.text !== '' && { insertedContent: { text: edit.text } }) };
}

function regionOf(range: Range): object {
  return {
    startLine: range.line + 1,
    startColumn: range.column + 1,
    endLine: range.endLine + 1,
    endColumn: range.endColumn + 1,
  };
}

/** A relative path stays relative, so that a code host finds the file in its repository. */
function uriOf(path: string): string {
  if (path === '-') return 'stdin';
  if (isAbsolute(path)) return pathToFileURL(path).href;
  return path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
}

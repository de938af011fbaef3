import type { Localizer } from '../../core/view/localizer.js';
import type { EngineTerms, Term } from '../../engine/sharing/engineTerms.js';

/** In what a running engine differs from the one that this window asks for: `Region us-east-1 instead of eu-west-1, other templates`. */
export function differenceText(terms: readonly Term[], running: EngineTerms, wanted: EngineTerms, l10n: Localizer): string {
  return terms.map((term) => wordOf(term, running, wanted, l10n)).join(', ');
}

function wordOf(term: Term, running: EngineTerms, wanted: EngineTerms, l10n: Localizer): string {
  switch (term) {
    case 'version':
      return l10n.t('version {0} instead of {1}', running.version, wanted.version);
    case 'region':
      return l10n.t('Region {0} instead of {1}', running.region, wanted.region);
    case 'templates':
      return l10n.t('other templates');
    case 'functions':
      return l10n.t('other functions of the settings');
    case 'seedDirectory':
      return l10n.t('other starting buckets');
    case 'python':
      return l10n.t('another Python interpreter');
    case 'settings':
      return l10n.t('other limits or redrives');
  }
}

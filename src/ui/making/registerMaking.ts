import type { Uri } from 'vscode';
import type { Jobs } from '../explorer/registerExplorer.js';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';

/** The commands are there at once; what they do is loaded when one runs. */
export function registerMaking(services: Services, jobs: Jobs): void {
  const { commands } = services;
  const makers = () => import('./manifestMakers.js');
  const files = (file: Uri | undefined, selected: readonly Uri[] | undefined): readonly Uri[] =>
    selected !== undefined && selected.length > 0 ? selected : file === undefined ? [] : [file];

  commands.register(Command.manifestEncode, async (file, selected) => {
    const { encodeKeys } = await import('./encodeKeys.js');
    // Only the Explorer says what is selected there; the menu of the editor is about what is selected in its text.
    return await encodeKeys(services, file, selected === undefined);
  });
  commands.register(Command.manifestFromBucket, async (target) => {
    const { newManifestFromBucket } = await import('./newManifestFromBucket.js');
    return await newManifestFromBucket(services, jobs.targets, target?.targetId);
  });
  commands.register(Command.manifestFromInventory, async (file) => await (await makers()).fromInventory(services, file));
  commands.register(Command.manifestCheckInventory, async (file) => await (await makers()).checkInventory(services, file));
  commands.register(
    Command.manifestMinus,
    async (file, selected) => await (await makers()).subtractManifests(services, files(file, selected)),
  );
  commands.register(
    Command.manifestUnion,
    async (file, selected) => await (await makers()).combineManifests(services, files(file, selected)),
  );
  commands.register(Command.manifestDedupe, async (file) => await (await makers()).removeDuplicates(services, file));
  commands.register(Command.manifestSample, async (file) => await (await makers()).sampleRows(services, file));
  commands.register(Command.manifestSplit, async (file) => await (await makers()).splitManifest(services, file));
  commands.register(Command.manifestFilter, async (file) => await (await makers()).filterManifest(services, file));
}

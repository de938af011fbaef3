import { BatchError } from '../../base/errors.js';
import type { DebugPlan } from '../../core/handler/debugPlan.js';
import type { FunctionDefinition } from '../contracts.js';
import { createFunctionRegistry } from '../lambda/functionRegistry.js';
import type { FunctionSetting } from '../lambda/functionSettings.js';

/** The function of a plan, as the engine finds it. Rejects with a BatchError that says what is wrong with it, or that there is none. */
export async function findPlannedFunction(plan: DebugPlan, warn: (message: string) => void): Promise<FunctionDefinition> {
  const { region, accountId } = plan.environment;
  const log = { info: () => undefined, warn, error: warn };
  const { templates } = plan;
  const functions = plan.functions as readonly FunctionSetting[];
  const definition = await createFunctionRegistry({ templates, functions, region, accountId, log }).find(plan.functionArn);
  if (definition !== undefined) return definition;
  throw new BatchError('NoFunction', `No template and no setting of this workspace declares ${plan.functionArn}.`);
}

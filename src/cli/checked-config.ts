import { checkEnvironment } from '../config/config';
import type { Environment } from '../config/environment';
import { toLlm } from '../config/llm-config';
import { ConfiguredModels } from '../llm/configured-models';
import { toAdminName } from '../account/admin-name';

/** Whatever a server would refuse at its start without having asked anybody. Nothing is made. @throws ConfigError */
export function checkConfig(environment: Environment): void {
  const values = checkEnvironment(environment);
  new ConfiguredModels(toLlm(values));
  if (values.ADMIN_USERNAME) toAdminName(values.ADMIN_USERNAME);
}

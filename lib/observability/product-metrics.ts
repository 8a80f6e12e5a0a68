import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type CountMetric,
  deploymentDimension,
  metricNamespace,
  type TimeMetric,
} from '../../lambdas/shared/metrics.ts';
import type { Deployment } from '../deployment.ts';

const minutes = 5;

/** The metrics that the code writes, of one deployment; no other names can be asked for. */
export class ProductMetrics {
  readonly #deployment: Deployment;

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
  }

  count(name: CountMetric, label: string = name, everyMinutes = minutes): Metric {
    return this.#metric(name, { statistic: Stats.SUM, label, everyMinutes });
  }

  seconds(name: TimeMetric, statistic: string, label: string = name): Metric {
    return this.#metric(name, { statistic, label, everyMinutes: minutes });
  }

  /** The sum of several counts; where one has no data, of the others. */
  sum(names: CountMetric[], label: string, everyMinutes = minutes): IMetric {
    const ids = names.map((_, index) => `m${index}`);
    return new MathExpression({
      expression: ids.map((id) => `FILL(${id}, 0)`).join(' + '),
      usingMetrics: Object.fromEntries(
        names.map((name, index) => [`m${index}`, this.count(name, name, everyMinutes)]),
      ),
      label,
      period: Duration.minutes(everyMinutes),
    });
  }

  #metric(
    metricName: CountMetric | TimeMetric,
    { statistic, label, everyMinutes }: { statistic: string; label: string; everyMinutes: number },
  ): Metric {
    return new Metric({
      namespace: metricNamespace,
      metricName,
      dimensionsMap: { [deploymentDimension]: this.#deployment.name },
      statistic,
      label,
      period: Duration.minutes(everyMinutes),
    });
  }
}

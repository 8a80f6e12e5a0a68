import { Validations } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';

/** The table of one context: keys `pk` and `sk`, items that expire at `expires_at`. */
export class SingleTable extends Table {
  constructor(
    scope: Construct,
    id: string,
    { deployment, name }: { deployment: Deployment; name: string },
  ) {
    super(scope, id, {
      tableName: deployment.nameOf(name),
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      timeToLiveAttribute: 'expires_at',
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: deployment.stage.pointInTimeRecovery,
      },
      deletionProtection: deployment.stage.deletionProtection,
      removalPolicy: deployment.stage.removalPolicy,
    });
    if (!deployment.stage.pointInTimeRecovery) {
      Validations.of(this).acknowledge({
        id: 'AwsSolutions-DDB3',
        reason: 'A stage that is thrown away has nothing to be restored.',
      });
    }
  }

  /**
   * Finds items by the attribute of the index's name, in the order of their `sk`; holds keys alone. With `sortedBy`, in
   * the order of that attribute; holds the items.
   */
  addIndex(name: string, sortedBy?: string): void {
    this.addGlobalSecondaryIndex({
      indexName: name,
      partitionKey: { name, type: AttributeType.STRING },
      sortKey: { name: sortedBy ?? 'sk', type: AttributeType.STRING },
      projectionType: sortedBy ? ProjectionType.ALL : ProjectionType.KEYS_ONLY,
    });
  }

  /** Grants on the table itself; its indexes are granted by name. */
  override grant(grantee: IGrantable, ...actions: string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.tableArn] });
  }

  grantIndexes(grantee: IGrantable, ...names: string[]): Grant {
    const resourceArns = names.map((name) => `${this.tableArn}/index/${name}`);
    return Grant.addToPrincipal({ grantee, actions: ['dynamodb:Query'], resourceArns });
  }
}

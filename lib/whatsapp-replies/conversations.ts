import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { House } from '../house.ts';

/** Conversations, their messages and progress records, the customers and the registry of channels. */
export class Conversations extends Table {
  constructor(scope: Construct, id: string, { house }: { house: House }) {
    super(scope, id, {
      tableName: house.nameOf('conversations'),
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      timeToLiveAttribute: 'expires_at',
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: house.stage.pointInTimeRecovery,
      },
      deletionProtection: house.stage.deletionProtection,
      removalPolicy: house.stage.removalPolicy,
    });
  }
}

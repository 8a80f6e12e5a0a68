import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  HttpMethods,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';

export interface PrivateBucketProps {
  deployment: Deployment;
  /** After so many days objects are gone whose keys begin so, whatever became of what they belonged to. */
  expires?: readonly { prefix: string; days: number }[];
  /** Pages of every origin may upload and download, as far as a URL or a form that we signed lets them. */
  openToSigned?: true;
}

/** A bucket that nobody reads but who is granted it, over TLS; it keeps no copies of what is deleted. */
export class PrivateBucket extends Bucket {
  constructor(
    scope: Construct,
    id: string,
    { deployment, expires = [], openToSigned }: PrivateBucketProps,
  ) {
    super(scope, id, {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      removalPolicy: deployment.stage.removalPolicy,
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
        ...expires.map(({ prefix, days }) => ({ prefix, expiration: Duration.days(days) })),
      ],
      ...(openToSigned && {
        cors: [
          {
            allowedOrigins: ['*'],
            allowedMethods: [HttpMethods.GET, HttpMethods.POST],
            allowedHeaders: ['*'],
            exposedHeaders: ['etag'],
            maxAge: Duration.hours(1).toSeconds(),
          },
        ],
      }),
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Who asks for an object is in the log of the function that signed for it.',
    });
  }

  /** Grants on its objects alone: `s3:GetObject`, `s3:PutObject`, `s3:DeleteObject`. */
  grantObjects(to: LambdaFunction, ...actions: string[]): void {
    Grant.addToPrincipal({ grantee: to, actions, resourceArns: [this.arnForObjects('*')] });
    if (!to.role) return;
    const logicalId = Stack.of(this).getLogicalId(this.node.defaultChild as CfnBucket);
    Validations.of(to.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/*]`,
      reason: 'Its objects are named as they come to be.',
    });
  }
}

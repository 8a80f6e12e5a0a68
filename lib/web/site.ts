import { Aws, CustomResource, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  CachePolicy,
  Distribution,
  HeadersReferrerPolicy,
  HttpVersion,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { siteHeaders } from '../../lambdas/site/work/site-headers.ts';
import { NodeFunction } from '../constructs/node-function.ts';
import { PrivateBucket } from '../constructs/private-bucket.ts';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';
import { siteVersion } from './bundle-site.ts';

export interface SiteProps {
  deployment: Deployment;
  /** Where the pages find the API. */
  apiUrl: string;
  /** What else is emptied where the stage is thrown away: CloudFormation removes no bucket that has something in it. */
  buckets: readonly PrivateBucket[];
}

/** The files that web pages load, above all the widget: a private bucket behind CloudFront, filled as it is deployed. */
export class Site extends Construct {
  readonly siteUrl: string;

  constructor(scope: Construct, id: string, { deployment, apiUrl, buckets }: SiteProps) {
    super(scope, id);
    const bucket = new PrivateBucket(this, 'Bucket', { deployment });
    const publisher = new NodeFunction(this, 'Publish', {
      deployment,
      context: 'site',
      name: 'site-publish',
      description: 'Puts the files of the widget where web pages load them from',
      impact: 'A deployment cannot renew the widget; web pages keep the one of before',
      memoryMb: deployment.stage.memoryMb.request,
      timeoutSeconds: 120,
      environment: { SITE_BUCKET: bucket.bucketName },
    });
    bucket.grantObjects(publisher, 's3:PutObject');
    const isThrownAway = deployment.stage.removalPolicy === RemovalPolicy.DESTROY;
    const emptied = isThrownAway ? [bucket, ...buckets] : [];
    for (const one of emptied) {
      one.grantObjects(publisher, 's3:DeleteObject');
      const resourceArns = [one.bucketArn];
      Grant.addToPrincipal({ grantee: publisher, actions: ['s3:ListBucket'], resourceArns });
    }
    const distribution = this.#distributionOf(bucket, deployment);
    const files = new CustomResource(this, 'Files', {
      resourceType: 'Custom::SiteFiles',
      serviceToken: publisher.functionArn,
      serviceTimeout: Duration.minutes(5),
      properties: {
        Version: siteVersion(),
        ApiUrl: apiUrl,
        EmptiedWhenDeleted: emptied.map(({ bucketName }) => bucketName),
      },
    });
    // Removed in the other order: it empties the buckets while they are there, and its function may still do so.
    files.node.addDependency(publisher, bucket, ...emptied);
    this.siteUrl = `https://${distribution.distributionDomainName}`;
    output(this, 'SiteUrl', this.siteUrl, {
      what: 'Where web pages load the widget from: /widget/loader.js',
    });
  }

  #distributionOf(bucket: PrivateBucket, deployment: Deployment): Distribution {
    // CloudFront has one set of names for all regions.
    const name = `${deployment.nameOf('site')}-${Aws.REGION}`;
    const distribution = new Distribution(this, 'Distribution', {
      comment: deployment.nameOf('site'),
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket, {
          originAccessControl: new S3OriginAccessControl(this, 'Access', {
            originAccessControlName: name,
          }),
        }),
        compress: true,
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: new ResponseHeadersPolicy(this, 'Headers', {
          responseHeadersPolicyName: name,
          securityHeadersBehavior: {
            contentSecurityPolicy: {
              contentSecurityPolicy: siteHeaders['content-security-policy'],
              override: true,
            },
            referrerPolicy: {
              referrerPolicy: HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN,
              override: true,
            },
            contentTypeOptions: { override: true },
            strictTransportSecurity: {
              accessControlMaxAge: Duration.days(365),
              override: true,
            },
          },
          corsBehavior: {
            accessControlAllowCredentials: false,
            accessControlAllowHeaders: ['*'],
            accessControlAllowMethods: ['GET', 'HEAD'],
            accessControlAllowOrigins: ['*'],
            originOverride: true,
          },
          customHeadersBehavior: {
            customHeaders: [
              {
                header: 'cross-origin-resource-policy',
                value: siteHeaders['cross-origin-resource-policy'],
                override: true,
              },
            ],
          },
        }),
      },
    });
    for (const [id, reason] of Object.entries(reasons)) {
      Validations.of(distribution).acknowledge({ id, reason });
    }
    return distribution;
  }
}

const reasons = {
  'AwsSolutions-CFR1': 'Visitors of a company’s pages may be anywhere.',
  'AwsSolutions-CFR2': 'It serves public files from a cache, and takes no input.',
  'AwsSolutions-CFR3': 'A log would tell who visits which company’s pages.',
  'AwsSolutions-CFR4':
    'Under its own name CloudFront sets the oldest TLS itself; a domain of the operator’s own has its own.',
};

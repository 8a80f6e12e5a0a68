import { describe, expect, it } from 'vitest';
import { limits, retentionPrefix } from '../../../lambdas/conversations/limits.ts';
import { siteHeaders } from '../../../lambdas/site/work/site-headers.ts';
import { referredBy, resourcesOf, stageNames, templateOf } from '../../support/stack.ts';

interface LifecycleRule {
  ExpirationInDays?: number;
}

const template = templateOf('prod');
const only = (type: string) => {
  const [[, resource] = []] = resourcesOf(template, type);
  return resource?.Properties;
};

describe('every bucket', () => {
  it.each(stageNames)(
    'is closed to the public, encrypted, and reached by TLS alone (%s)',
    (stage) => {
      const buckets = resourcesOf(templateOf(stage), 'AWS::S3::Bucket');
      const policies = resourcesOf(templateOf(stage), 'AWS::S3::BucketPolicy');

      expect(buckets.length).toBeGreaterThan(0);
      for (const [logicalId, { Properties }] of buckets) {
        expect(Properties.PublicAccessBlockConfiguration).toEqual({
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        });
        expect(Properties.BucketEncryption.ServerSideEncryptionConfiguration).toHaveLength(1);
        const statements = policies
          .filter(([, policy]) => referredBy(policy.Properties.Bucket) === logicalId)
          .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement);
        expect(statements).toContainEqual(
          expect.objectContaining({
            Effect: 'Deny',
            Action: 's3:*',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        );
        expect(
          statements.filter(({ Effect, Principal }) => Effect === 'Allow' && Principal.AWS === '*'),
        ).toEqual([]);
      }
    },
  );

  it('is kept where the stage is, and thrown away where it is', () => {
    for (const [, { DeletionPolicy }] of resourcesOf(template, 'AWS::S3::Bucket')) {
      expect(DeletionPolicy).toBe('RetainExceptOnCreate');
    }
    for (const [, { DeletionPolicy }] of resourcesOf(templateOf('dev'), 'AWS::S3::Bucket')) {
      expect(DeletionPolicy).toBe('Delete');
    }
  });
});

describe('the bucket of files', () => {
  it('removes each content after the days under which it lies', () => {
    const rules = resourcesOf(template, 'AWS::S3::Bucket').flatMap(
      ([, { Properties }]) => Properties.LifecycleConfiguration.Rules as LifecycleRule[],
    );
    const removing = rules.filter(({ ExpirationInDays: days }) => days !== undefined);

    expect(removing).toEqual(
      limits.fileDays.map((days) => ({
        ExpirationInDays: days,
        Prefix: retentionPrefix(days),
        Status: 'Enabled',
      })),
    );
    expect(Math.max(...limits.fileDays)).toBe(3650);
  });
});

describe('the site', () => {
  const { DistributionConfig: distribution } = only('AWS::CloudFront::Distribution');
  const headers = only('AWS::CloudFront::ResponseHeadersPolicy').ResponseHeadersPolicyConfig;

  it('reads its bucket as itself alone, and sends it compressed by HTTPS', () => {
    const [origin] = distribution.Origins;

    expect(origin.OriginAccessControlId).toBeDefined();
    expect(only('AWS::CloudFront::OriginAccessControl').OriginAccessControlConfig).toMatchObject({
      SigningBehavior: 'always',
      OriginAccessControlOriginType: 's3',
    });
    expect(distribution.DefaultCacheBehavior).toMatchObject({
      Compress: true,
      ViewerProtocolPolicy: 'redirect-to-https',
    });
  });

  it('may be embedded anywhere, and sends what the local site sends', () => {
    const { SecurityHeadersConfig: security, CorsConfig: cors } = headers;

    expect(security.ContentSecurityPolicy).toEqual({
      ContentSecurityPolicy: siteHeaders['content-security-policy'],
      Override: true,
    });
    expect(siteHeaders['content-security-policy']).toContain('frame-ancestors *');
    expect(security.FrameOptions).toBeUndefined();
    expect(security.ContentTypeOptions).toEqual({ Override: true });
    expect(security.ReferrerPolicy.ReferrerPolicy).toBe(siteHeaders['referrer-policy']);
    expect(cors.AccessControlAllowOrigins.Items).toEqual(['*']);
    expect(headers.CustomHeadersConfig.Items).toMatchObject([
      { Header: 'cross-origin-resource-policy', Value: 'cross-origin' },
    ]);
  });

  it('is filled by its function, anew for each other content, and told where the API is', () => {
    const files = only('Custom::SiteFiles');

    expect(files.Version).toMatch(/^[0-9a-f]{16}$/);
    expect(files.ApiUrl).toEqual(template.toJSON()['Outputs'].ApiUrl.Value);
  });

  it('empties every bucket where the stage is thrown away, since no other could be removed', () => {
    const dev = templateOf('dev');
    const [[, files] = []] = resourcesOf(dev, 'Custom::SiteFiles');
    const buckets = resourcesOf(dev, 'AWS::S3::Bucket').map(([logicalId]) => logicalId);

    expect(new Set(files?.Properties.EmptiedWhenDeleted.map(referredBy))).toEqual(new Set(buckets));
    expect(only('Custom::SiteFiles').EmptiedWhenDeleted).toEqual([]);
  });
});

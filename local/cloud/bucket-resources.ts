import type { CORSRule } from '@aws-sdk/client-s3';
import type { Make } from './resource-maker.ts';
import { arnOf } from './template.ts';

/** The rules of the template, named as the API of S3 names them. */
interface TemplateCorsRule {
  AllowedOrigins: string[];
  AllowedMethods: string[];
  AllowedHeaders?: string[];
  ExposedHeaders?: string[];
  MaxAge?: number;
}

const ruleOf = ({ ExposedHeaders, MaxAge, ...rest }: TemplateCorsRule): CORSRule => ({
  ...rest,
  ExposeHeaders: ExposedHeaders,
  MaxAgeSeconds: MaxAge,
});

/** Buckets, and what is served of them: who may read them is not asked here, and nothing in them expires. */
export const bucketMakers: Record<string, Make> = {
  'AWS::S3::Bucket': async (properties, { objects }, _resolver, logicalId) => {
    const name = String(properties['BucketName'] ?? logicalId.toLowerCase());
    const { CorsRules: rules = [] } = (properties['CorsConfiguration'] ?? {}) as {
      CorsRules?: TemplateCorsRule[];
    };
    await objects.create(name, rules.map(ruleOf));
    const host = `${name}.s3.amazonaws.com`;
    return {
      ref: name,
      attributes: {
        Arn: arnOf('s3', name).replace(/:us-east-1:\d+:/, ':::'),
        DomainName: host,
        RegionalDomainName: host,
      },
    };
  },
  'AWS::S3::BucketPolicy': (_properties, _services, _resolver, logicalId) => ({ ref: logicalId }),
  'AWS::CloudFront::OriginAccessControl': (_properties, _services, _resolver, logicalId) => ({
    ref: logicalId,
    attributes: { Id: logicalId },
  }),
  'AWS::CloudFront::ResponseHeadersPolicy': (_properties, _services, _resolver, logicalId) => ({
    ref: logicalId,
    attributes: { Id: logicalId },
  }),
  // The site is served beside the API, from where it is built.
  'AWS::CloudFront::Distribution': (_properties, { publicUrl }, resolver, logicalId) => {
    const host = `${logicalId.toLowerCase()}.cloudfront.net`;
    resolver.serve(`https://${host}`, publicUrl);
    return { ref: logicalId, attributes: { DomainName: host, Id: logicalId } };
  },
  'Custom::SiteFiles': (_properties, _services, _resolver, logicalId) => ({ ref: logicalId }),
};

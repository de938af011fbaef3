"""Lets moto be IAM, CloudFormation and S3: takes policies as JSON on stdin, says on stdout what became of them."""

import ast
import json
import os
import sys

os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1")

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count


def outcome(call):
    try:
        call()
        return "allowed"
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return "denied" if code in ("AccessDenied", "AccessDeniedException", "403", "Forbidden") else code


@mock_aws
def create_directly(given):
    iam = boto3.client("iam")
    iam.create_role(RoleName="direct", AssumeRolePolicyDocument=json.dumps(given["trust"]))
    iam.put_role_policy(RoleName="direct", PolicyName="job", PolicyDocument=json.dumps(given["permissions"]))
    iam.create_policy(PolicyName="submitter", PolicyDocument=json.dumps(given["submitter"]))
    return {
        "getRole": json.loads(json.dumps(iam.get_role(RoleName="direct"), default=str)),
        "getRolePolicy": json.loads(json.dumps(iam.get_role_policy(RoleName="direct", PolicyName="job"), default=str)),
        "details": json.loads(json.dumps(iam.get_account_authorization_details(Filter=["Role"]), default=str)),
    }


@mock_aws
def create_stacks(given):
    cloudformation = boto3.client("cloudformation")
    iam = boto3.client("iam")
    for index, template in enumerate(given["templates"]):
        cloudformation.create_stack(StackName=f"stack{index}", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"])
    role = iam.get_role(RoleName=given["roleName"])["Role"]
    [name] = iam.list_role_policies(RoleName=given["roleName"])["PolicyNames"]
    [managed] = [p for p in iam.list_policies(Scope="Local")["Policies"]]
    version = iam.get_policy_version(PolicyArn=managed["Arn"], VersionId=managed["DefaultVersionId"])
    inline = iam.get_role_policy(RoleName=given["roleName"], PolicyName=name)["PolicyDocument"]
    return {
        "path": role["Path"],
        "trust": role["AssumeRolePolicyDocument"],
        # Of a template's inline policies moto keeps what Python prints of them.
        "permissions": ast.literal_eval(inline) if isinstance(inline, str) else inline,
        "submitter": version["PolicyVersion"]["Document"],
    }


@mock_aws
def act_as_role(given):
    """Calls that IAM of moto judges by the role's policy, made with the role's own credentials."""
    s3 = boto3.client("s3")
    for bucket in ("data", "other", "manifests", "reports"):
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="dir/key", Body=b"x")
        s3.put_object(Bucket=bucket, Key="manifest.csv", Body=b"x")
    iam = boto3.client("iam")
    arn = iam.create_role(RoleName="acting", AssumeRolePolicyDocument=json.dumps(given["trust"]))["Role"]["Arn"]
    iam.put_role_policy(RoleName="acting", PolicyName="job", PolicyDocument=json.dumps(given["permissions"]))
    got = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    session = boto3.Session(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"], region_name="us-east-1")

    @set_initial_no_auth_action_count(0)
    def judge():
        role = session.client("s3")
        tags = {"TagSet": [{"Key": "a", "Value": "b"}]}
        return {
            "tagData": outcome(lambda: role.put_object_tagging(Bucket="data", Key="dir/key", Tagging=tags)),
            "tagOther": outcome(lambda: role.put_object_tagging(Bucket="other", Key="dir/key", Tagging=tags)),
            "readManifest": outcome(lambda: role.get_object(Bucket="manifests", Key="manifest.csv")),
            "readOtherKey": outcome(lambda: role.get_object(Bucket="manifests", Key="dir/key")),
            "readData": outcome(lambda: role.get_object(Bucket="data", Key="dir/key")),
            "report": outcome(lambda: role.put_object(Bucket="reports", Key="completion/job-1/manifest.json", Body=b"{}")),
            "reportElsewhere": outcome(lambda: role.put_object(Bucket="reports", Key="other/job-1/manifest.json", Body=b"{}")),
            "delete": outcome(lambda: role.delete_object(Bucket="data", Key="dir/key")),
        }

    return judge()


given = json.load(sys.stdin)
print(json.dumps({"direct": create_directly(given), "stacks": create_stacks(given), "acting": act_as_role(given)}))

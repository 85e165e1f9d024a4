#!/usr/bin/env bash
# Plans the deployment that the workflow `deploy` is asked for: terraform/deployment.tfplan for terraform, and
# plan.txt for people. Its variables are those of docs/operate-the-cloud.md, "Deploy from GitHub".
set -euo pipefail

printf '%s\n' "$TFVARS" > terraform/terraform.tfvars
cp terraform/backend.tf.example terraform/backend.tf

# Where the versions of the providers are committed, exactly those are used.
lock=()
if [ -f terraform/.terraform.lock.hcl ]; then
  lock=(-lockfile=readonly)
fi

terraform -chdir=terraform init -backend-config="bucket=$STATE_BUCKET" "${lock[@]}"
terraform -chdir=terraform plan -out=deployment.tfplan
terraform -chdir=terraform show -no-color deployment.tfplan > plan.txt

"""The whole pipeline on this machine, wired as Terraform wires it in the cloud."""

variable "project_id" {
  description = "Google Cloud project that everything is made in. A project of its own is best: deleting it then takes all with it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][-a-z0-9]{4,28}[a-z0-9]$", var.project_id))
    error_message = "Expected a project ID such as my-commits-4711 (6 to 30 lower-case letters, digits and hyphens), not the project's name or number."
  }
}

variable "region" {
  description = "Region of the functions, the scheduler job and the archives. Pub/Sub and Monitoring are global."
  type        = string
  default     = "asia-northeast1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "Expected a region such as asia-northeast1, not a zone such as asia-northeast1-a."
  }
}

variable "time_zone" {
  description = "IANA name of the zone whose days are counted, and in which the schedule and the evening are meant."
  type        = string

  validation {
    condition     = can(regex("^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$", var.time_zone))
    error_message = "Expected an IANA name such as Asia/Tokyo or Europe/Berlin, not an abbreviation or an offset."
  }
}

variable "sheet_id" {
  description = "ID of the Google Sheet that is the dashboard: the part of its address between /d/ and /edit."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{20,}$", var.sheet_id))
    error_message = "Expected the ID alone, for example 1AbC…xyz out of https://docs.google.com/spreadsheets/d/1AbC…xyz/edit."
  }
}

variable "language" {
  description = "Language of the labels in the Sheet: en or ja."
  type        = string
  default     = "en"

  validation {
    condition     = contains(["en", "ja"], var.language)
    error_message = "Expected en or ja."
  }
}

variable "github_login" {
  description = "Whose commits are counted. Empty: the owner of the token."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^([A-Za-z0-9]([A-Za-z0-9_-]{0,38}))?$", var.github_login))
    error_message = "Expected a GitHub login such as octocat, without @ and without an address."
  }
}

variable "github_graphql_url" {
  description = "GraphQL endpoint of a GitHub Enterprise Server, for example https://github.example.com/api/graphql. Empty: github.com."
  type        = string
  default     = ""

  validation {
    condition     = var.github_graphql_url == "" || startswith(var.github_graphql_url, "https://")
    error_message = "Expected an https:// address, or nothing for github.com."
  }
}

variable "collect" {
  description = "What collect counts: forks too; only repositories that match a glob of `include`; none that matches one of `exclude`; commits of further author e-mails; whether to go on where an organisation hides repositories from the token; and the name under which it states its numbers, instead of github/ and the login."
  type = object({
    forks       = optional(bool, false)
    include     = optional(list(string), [])
    exclude     = optional(list(string), [])
    emails      = optional(list(string), [])
    skip_hidden = optional(bool, false)
    source      = optional(string, "")
  })
  default = {}

  validation {
    condition     = alltrue([for glob in concat(var.collect.include, var.collect.exclude) : can(regex("^[^\\s,]+$", glob))])
    error_message = "Expected globs such as octocat/* or */dotfiles, without spaces and commas."
  }

  validation {
    condition     = alltrue([for email in var.collect.emails : can(regex("^[^@\\s,]+@[^@\\s,]+$", email))])
    error_message = "Expected e-mail addresses."
  }
}

variable "evening_hour" {
  description = "Local hour from which a day without commits counts as an evening without commits."
  type        = number
  default     = 20

  validation {
    condition     = var.evening_hour >= 0 && var.evening_hour <= 23 && floor(var.evening_hour) == var.evening_hour
    error_message = "Expected a whole hour from 0 to 23."
  }
}

variable "metric_repositories" {
  description = "How many repositories have a time series of their own; the rest is summed as \"other\"."
  type        = number
  default     = 50

  validation {
    condition     = var.metric_repositories >= 1 && var.metric_repositories <= 1000 && floor(var.metric_repositories) == var.metric_repositories
    error_message = "Expected a whole number from 1 to 1000."
  }
}

variable "watch" {
  description = "What watch requests every minute: addresses, without which there is no such function; how long an answer may take; whether redirects are followed; whether addresses of private networks are asked too; and from how many milliseconds on the alert `slow` calls an answer slow."
  type = object({
    urls             = optional(list(string), [])
    timeout_seconds  = optional(number, 10)
    follow_redirects = optional(bool, true)
    allow_private    = optional(bool, false)
    slow_ms          = optional(number, 3000)
  })
  default = {}

  validation {
    condition     = length(var.watch.urls) <= 50 && alltrue([for url in var.watch.urls : can(regex("^https?://[^\\s,]+$", url))])
    error_message = "Expected at most 50 addresses such as https://example.com/health, without spaces and commas."
  }

  validation {
    condition     = var.watch.timeout_seconds >= 1 && var.watch.timeout_seconds <= 30 && floor(var.watch.timeout_seconds) == var.watch.timeout_seconds
    error_message = "Expected a whole number of seconds from 1 to 30."
  }

  validation {
    condition     = var.watch.slow_ms >= 1 && var.watch.slow_ms <= 30000
    error_message = "Expected milliseconds, from 1 to 30000."
  }
}

variable "log_level" {
  description = "How much the functions log: DEBUG, INFO, WARNING or ERROR. The dashboard's GitHub charts are made from lines of level INFO."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "Expected DEBUG, INFO, WARNING or ERROR."
  }
}

variable "alerts" {
  description = "Which alerts are on. Each condition costs about 0.13 USD a month (docs/deploy/google-cloud.md), so all are off until switched on."
  type = object({
    evening_without_commits = optional(bool, false)
    no_data                 = optional(bool, false)
    sheet_not_written       = optional(bool, false)
    dead_letters            = optional(bool, false)
    dead_letters_expiring   = optional(bool, false)
    function_failing        = optional(bool, false)
    github_points_low       = optional(bool, false)
    github_token_refused    = optional(bool, false)
    down                    = optional(bool, false)
    slow                    = optional(bool, false)
    certificate             = optional(bool, false)
  })
  default = {}
}

variable "alert_emails" {
  description = "E-mail addresses that alerts go to."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for email in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+$", email))])
    error_message = "Expected e-mail addresses."
  }
}

variable "slack_channel" {
  description = "Slack channel that alerts go to, with #. Empty: none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(#\\S+)?$", var.slack_channel))
    error_message = "Expected a channel such as #commits."
  }
}

variable "slack_auth_token" {
  description = "Bot token (xoxb-…) of the Slack app that posts to slack_channel. Give it as TF_VAR_slack_auth_token, not in a file; it is stored in the state."
  type        = string
  default     = ""
  sensitive   = true
}

variable "repository_url" {
  description = "Address of this repository as you read it in a browser: alerts link to its docs/runbooks. Empty: they carry the runbook's text without a link."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(https://[^/]+/[^/]+/[^/]+)?$", var.repository_url))
    error_message = "Expected an address such as https://github.com/octocat/own_dashboard, without a slash at its end."
  }
}

variable "labels" {
  description = "Labels on every resource that can carry them, besides app = own-dashboard."
  type        = map(string)
  default     = {}

  validation {
    condition = alltrue([
      for key, value in var.labels :
      can(regex("^[a-z][-_a-z0-9]{0,62}$", key)) && can(regex("^[-_a-z0-9]{0,63}$", value))
    ])
    error_message = "Expected lower-case letters, digits, hyphens and underscores, at most 63 of them; a key begins with a letter."
  }
}

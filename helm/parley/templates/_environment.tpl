{{/* Settings that are no secrets, as a map of strings. A large whole number would else be printed as 1e+07. */}}
{{- define "parley.settings" -}}
{{- $settings := dict "NODE_ENV" "production" "PORT" "3000" "METRICS_PORT" (toString .Values.metrics.port) }}
{{- $_ := set $settings "DRAIN_SECONDS" (toString (int64 .Values.drainSeconds)) }}
{{- $_ := set $settings "MIGRATIONS" (ternary "auto" "manual" (eq .Values.migrations.mode "auto")) }}
{{- if or .Values.ingress.enabled .Values.httpRoute.enabled }}
{{- $_ := set $settings "TRUST_PROXY" "1" }}
{{- end }}
{{- with .Values.tracing.otlpEndpoint }}
{{- $_ := set $settings "OTEL_EXPORTER_OTLP_ENDPOINT" . }}
{{- end }}
{{- range $name, $value := .Values.config }}
{{- $_ := set $settings $name (ternary (toString (int64 $value)) (toString $value) (kindIs "float64" $value)) }}
{{- end }}
{{- toYaml $settings }}
{{- end }}

{{- define "parley.secretVariable" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
      {{- if .optional }}
      optional: true
      {{- end }}
{{- end }}

{{- define "parley.databaseUrl" -}}
{{- with .Values.database }}
{{ include "parley.secretVariable" (dict "name" "DATABASE_URL" "secret" .existingSecret "key" .urlKey) }}
{{- end }}
{{- end }}

{{/* Only for what migrates: pods that don't never see the role that owns the schema. */}}
{{- define "parley.directDatabaseUrl" -}}
{{- with .Values.database.direct }}
{{- if .existingSecret }}
{{ include "parley.secretVariable" (dict "name" "DATABASE_DIRECT_URL" "secret" .existingSecret "key" .urlKey) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "parley.jwtSecret" -}}
{{- with .Values.auth }}
{{- $name := ternary "JWT_SECRETS" "JWT_SECRET" (ne .jwtSecretsKey "") }}
{{ include "parley.secretVariable" (dict "name" $name "secret" .existingSecret "key" (default .jwtSecretKey .jwtSecretsKey)) }}
{{- end }}
{{- end }}

{{- define "parley.providerNames" -}}
LLM_API_KEY OPENAI_API_KEY DEEPSEEK_API_KEY ANTHROPIC_API_KEY GEMINI_API_KEY MISTRAL_API_KEY OPENROUTER_API_KEY
{{- end }}

{{- define "parley.serverSecrets" -}}
{{- include "parley.databaseUrl" . }}
{{- if eq .Values.migrations.mode "auto" }}
{{- include "parley.directDatabaseUrl" . }}
{{- end }}
{{- include "parley.jwtSecret" . }}
{{- with .Values.admin }}
{{- if .username }}
- name: ADMIN_USERNAME
  value: {{ .username | quote }}
{{ include "parley.secretVariable" (dict "name" "ADMIN_PASSWORD" "secret" .existingSecret "key" .passwordKey) }}
{{- end }}
{{- end }}
{{- with .Values.tracing.existingSecret }}
{{ include "parley.secretVariable" (dict "name" "OTEL_EXPORTER_OTLP_HEADERS" "secret" . "key" "OTEL_EXPORTER_OTLP_HEADERS") }}
{{- end }}
{{- with .Values.providers.existingSecret }}
{{- range splitList " " (include "parley.providerNames" $) }}
{{ include "parley.secretVariable" (dict "name" . "secret" $.Values.providers.existingSecret "key" . "optional" true) }}
{{- end }}
{{- end }}
{{- end }}

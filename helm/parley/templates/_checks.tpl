{{/* All that is missing or can't work, in one message: nobody should have to come back for the next one. */}}
{{- define "parley.check" -}}
{{- $problems := concat (include "parley.missing" . | fromJsonArray) (include "parley.contradictions" . | fromJsonArray) }}
{{- if $problems }}
{{- fail (printf "\n\nThis can't be installed yet:\n  - %s\nhelm/parley/README.md says more.\n" (join "\n  - " $problems)) }}
{{- end }}
{{- end }}

{{- define "parley.missing" -}}
{{- $problems := list }}
{{- with .Values }}
{{- if not .image.repository }}
{{- $problems = append $problems "Set image.repository to where the image is, without a tag." }}
{{- end }}
{{- if not .database.existingSecret }}
{{- $problems = append $problems "Set database.existingSecret to the Secret with the database's URL." }}
{{- end }}
{{- if not .auth.existingSecret }}
{{- $problems = append $problems "Set auth.existingSecret to the Secret with JWT_SECRET, at least 32 characters." }}
{{- end }}
{{- if and .admin.username (not .admin.existingSecret) }}
{{- $problems = append $problems "Set admin.existingSecret to the Secret with the password of admin.username." }}
{{- end }}
{{- if and .ingress.enabled (not .ingress.hosts) }}
{{- $problems = append $problems "Set ingress.hosts to the names that lead to Parley." }}
{{- end }}
{{- if and .httpRoute.enabled (not .httpRoute.parentRefs) }}
{{- $problems = append $problems "Set httpRoute.parentRefs to the Gateways of the route." }}
{{- end }}
{{- end }}
{{- toJson $problems }}
{{- end }}

{{- define "parley.contradictions" -}}
{{- $problems := list }}
{{- $least := int (include "parley.leastGraceSeconds" .) }}
{{- with .Values.terminationGracePeriodSeconds }}
{{- if lt (int .) $least }}
{{- $problems = append $problems (printf "Set terminationGracePeriodSeconds to %d at least, or leave it out: less would cut replies off that drainSeconds promises to finish." $least) }}
{{- end }}
{{- end }}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) }}
{{- $problems = append $problems "Set autoscaling.maxReplicas to autoscaling.minReplicas at least." }}
{{- end }}
{{- $secrets := concat (list "DATABASE_URL" "DATABASE_DIRECT_URL" "JWT_SECRET" "JWT_SECRETS" "ADMIN_PASSWORD" "OTEL_EXPORTER_OTLP_HEADERS") (splitList " " (include "parley.providerNames" .)) }}
{{- range .Values.extraEnv }}
{{- if and (has .name $secrets) (hasKey . "value") }}
{{- $problems = append $problems (printf "Give %s of extraEnv by valueFrom: a value would be kept in the release for everybody to read." .name) }}
{{- end }}
{{- end }}
{{- toJson $problems }}
{{- end }}

{{/* A pod is told to stop after a pause of 5 s, and ends itself within drainSeconds + 15 s (src/shutdown.ts); 5 s are in reserve. */}}
{{- define "parley.leastGraceSeconds" -}}
{{- add (int .Values.drainSeconds) 25 }}
{{- end }}

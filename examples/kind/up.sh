#!/bin/sh
# Make a kind cluster with KServe in Standard mode and a Prometheus, load the simulator's image, deploy one example.
# Run it from the root of the repository; what is there already is left as it is. `kind delete cluster --name neuralnav`
# takes all of it away again.
set -eu

CERT_MANAGER=v1.17.0
KSERVE=v0.20.0
PROMETHEUS_STACK=83.4.0
IMAGE=neuralnav-simulator:0.1
CONTEXT=kind-neuralnav
EXAMPLE=examples/translation-simulated

for tool in kind kubectl helm docker neuralnav; do
    command -v "$tool" >/dev/null || {
        echo "up.sh: $tool is not installed" >&2
        exit 1
    }
done

helm_install() { # RELEASE NAMESPACE CHART VERSION OPTIONS...
    release=$1 namespace=$2 chart=$3 version=$4
    shift 4
    helm upgrade --install "$release" "$chart" --kube-context "$CONTEXT" --namespace "$namespace" --create-namespace \
        --version "$version" --wait --timeout 10m "$@"
}

kind get clusters | grep -qx neuralnav || kind create cluster --config examples/kind/cluster.yaml --wait 5m

helm_install cert-manager cert-manager cert-manager "$CERT_MANAGER" \
    --repo https://charts.jetstack.io --set crds.enabled=true

# Its operator brings the PodMonitor and the PrometheusRule; it looks for both in every namespace.
helm_install prometheus monitoring kube-prometheus-stack "$PROMETHEUS_STACK" \
    --repo https://prometheus-community.github.io/helm-charts \
    --set alertmanager.enabled=false \
    --set prometheus.prometheusSpec.podMonitorSelectorNilUsesHelmValues=false \
    --set prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues=false

# Services without a gateway: `probe --via-api-server` and a forwarded port lead to them.
helm_install kserve-crd kserve oci://ghcr.io/kserve/charts/kserve-crd "$KSERVE"
helm_install kserve-resources kserve oci://ghcr.io/kserve/charts/kserve-resources "$KSERVE" \
    --set kserve.controller.deploymentMode=Standard \
    --set kserve.controller.gateway.disableIngressCreation=true

docker build --file simulator/Dockerfile --tag "$IMAGE" .
kind load docker-image "$IMAGE" --name neuralnav

kubectl --context "$CONTEXT" create namespace llm-dev --dry-run=client --output yaml |
    kubectl --context "$CONTEXT" apply -f -
neuralnav deploy --context "$CONTEXT" --yes "$EXAMPLE"
neuralnav status --context "$CONTEXT" "$EXAMPLE"
neuralnav probe --context "$CONTEXT" --via-api-server "$EXAMPLE"

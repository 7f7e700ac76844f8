neuralnav compile
sed -i 's/users: 20000/users: 21000/' workload.yaml
sed -i 's/intelligence_index: 18/intelligence_index: 19/' quality.yaml
echo '  margins: {headroom: 1.3}' >> neuralnav.yaml
sed -i 's/^  templates: sha256:....../  templates: sha256:abcdef/' plan.lock
sed -i 's/allowPrivilegeEscalation: false/allowPrivilegeEscalation: true/' deploy/inferenceservice.yaml
sed 's/name: support-chat/name: translate/' workload.yaml > translate.workload.yaml

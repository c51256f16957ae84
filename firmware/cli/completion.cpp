#include "firmware/cli/commands.hpp"

namespace genkan::cli {

namespace {

constexpr std::string_view bash = R"~(# genkan completion for bash: source <(genkan completion bash)
_genkan_doors() {
  genkan devices --ids --kind lock 2>/dev/null
  genkan devices --ids --kind entrance 2>/dev/null
  genkan devices --ids --kind intercom 2>/dev/null
}
_genkan_keys() {
  local reserve="--name --from --to --every --window --first --last --holidays --extra --except --kind --code --card --card-name --mail --preview"
  local words=
  case ${COMP_WORDS[COMP_CWORD-1]} in
    --door|--add|--remove) COMPREPLY=($(compgen -W "$(_genkan_doors)" -- "$2")); return ;;
    --kind) COMPREPLY=($(compgen -W "link code code_and_link person software_code card_only" -- "$2")); return ;;
    --holidays) COMPREPLY=($(compgen -W "valid not_valid as_weekday" -- "$2")); return ;;
    --form) COMPREPLY=($(compgen -W "text svg png" -- "$2")); return ;;
    --charset) COMPREPLY=($(compgen -W "auto utf-8 shift_jis" -- "$2")); return ;;
    --output|import|sample) COMPREPLY=($(compgen -f -- "$2")); return ;;
  esac
  case $1 in
    reserve) words="$reserve $(_genkan_doors)" ;;
    keys) words="--check --json $(_genkan_doors)" ;;
    why) words="--at --card --software --link --token $(_genkan_doors)" ;;
    reservations)
      words="show change delete --door --room --building --group --from --until --search --past --sort --codes --json"
      [[ " ${COMP_WORDS[*]} " == *" change "* ]] && words="$reserve --door --no-card --no-mail" ;;
    calendar) words="--building --room --door --from --until --json" ;;
    holders) words="list show add change delete import sample --group --search --codes --name --valid --code --card --mail --disabled --enabled --always --preview --rows --charset --json" ;;
    groups) words="list add change delete --door --add --remove --name --from --to --every --window" ;;
    visitors) words="list add revoke qr --room --name --id-number --from --to --uses --every --window --form --output" ;;
    rooms) words="code --remove --codes" ;;
    holidays) words="import reset --json" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$2"))
}
_genkan() {
  local word=${COMP_WORDS[COMP_CWORD]} command= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --socket) ((i++)) ;;
      -*) ;;
      *) command=${COMP_WORDS[i]}; break ;;
    esac
  done
  case $command in
    "") COMPREPLY=($(compgen -W "status watch lock unlock open hold end-hold on off arm disarm bypass end-bypass release reserve reservations calendar keys why holders groups visitors rooms holidays journal troubles devices device bus models site secrets completion --socket --json --no-color --version --help" -- "$word")) ;;
    lock|unlock) COMPREPLY=($(compgen -W "$(genkan devices --ids --kind lock 2>/dev/null)" -- "$word")) ;;
    open) COMPREPLY=($(compgen -W "$(genkan devices --ids --kind entrance 2>/dev/null; genkan devices --ids --kind intercom 2>/dev/null)" -- "$word")) ;;
    hold|end-hold) COMPREPLY=($(compgen -W "$(genkan devices --ids --kind entrance 2>/dev/null)" -- "$word")) ;;
    on|off) COMPREPLY=($(compgen -W "$(genkan devices --ids --kind light 2>/dev/null; genkan devices --ids --kind air_conditioner 2>/dev/null)" -- "$word")) ;;
    arm|disarm) COMPREPLY=($(compgen -W "--home $(genkan devices --ids --kind security_panel 2>/dev/null)" -- "$word")) ;;
    bypass|end-bypass) COMPREPLY=($(compgen -W "$(genkan devices --ids --kind zone 2>/dev/null)" -- "$word")) ;;
    release) COMPREPLY=($(compgen -W "$(genkan devices --ids --kind delivery_box 2>/dev/null)" -- "$word")) ;;
    device) COMPREPLY=($(compgen -W "--refresh $(genkan devices --ids 2>/dev/null)" -- "$word")) ;;
    devices) COMPREPLY=($(compgen -W "--ids --kind --room" -- "$word")) ;;
    reserve|reservations|calendar|keys|why|holders|groups|visitors|rooms|holidays) _genkan_keys "$command" "$word" ;;
    journal)
      if [[ ${COMP_WORDS[COMP_CWORD-1]} == --device ]]; then
        COMPREPLY=($(compgen -W "$(genkan devices --ids 2>/dev/null)" -- "$word"))
      else
        COMPREPLY=($(compgen -W "--after --device --alarms --follow --json -n" -- "$word"))
      fi ;;
    bus) COMPREPLY=($(compgen -W "stats scan read write" -- "$word")) ;;
    site) COMPREPLY=($(compgen -W "check import export receiver" -- "$word") $(compgen -f -- "$word")) ;;
    completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$word")) ;;
  esac
}
complete -F _genkan genkan
)~";

constexpr std::string_view zsh = R"~(#compdef genkan
# genkan completion for zsh: source <(genkan completion zsh)
_genkan_ids() {
  local -a ids
  local kind
  if (( $# == 0 )); then
    ids=(${(f)"$(genkan devices --ids 2>/dev/null)"})
  fi
  for kind in "$@"; do
    ids+=(${(f)"$(genkan devices --ids --kind $kind 2>/dev/null)"})
  done
  compadd -a ids
}
_genkan() {
  if (( CURRENT == 2 )); then
    compadd status watch lock unlock open hold end-hold on off arm disarm bypass end-bypass release \
      reserve reservations calendar keys why holders groups visitors rooms holidays \
      journal troubles devices device bus models site secrets completion
    return
  fi
  case $words[2] in
    lock|unlock) _genkan_ids lock ;;
    open) _genkan_ids entrance intercom ;;
    hold|end-hold) _genkan_ids entrance ;;
    on|off) _genkan_ids light air_conditioner ;;
    arm|disarm) _genkan_ids security_panel ;;
    bypass|end-bypass) _genkan_ids zone ;;
    release) _genkan_ids delivery_box ;;
    device) _genkan_ids ;;
    reserve|keys|why) (( CURRENT == 3 )) && _genkan_ids lock entrance intercom ;;
    reservations) (( CURRENT == 3 )) && compadd -- show change delete --door --room --building --group --from --until --search --past --codes ;;
    calendar) compadd -- --building --room --door --from --until ;;
    holders) (( CURRENT == 3 )) && compadd list show add change delete import sample || _files ;;
    groups) (( CURRENT == 3 )) && compadd list add change delete ;;
    visitors) (( CURRENT == 3 )) && compadd list add revoke qr ;;
    rooms) (( CURRENT == 3 )) && compadd code ;;
    holidays) (( CURRENT == 3 )) && compadd import reset || _files ;;
    bus) compadd stats scan read write ;;
    site) (( CURRENT == 3 )) && compadd check import export receiver || _files ;;
    completion) compadd bash zsh fish ;;
    journal) [[ $words[CURRENT-1] == --device ]] && _genkan_ids || compadd -- --after --device --alarms --follow -n ;;
  esac
}
compdef _genkan genkan
)~";

constexpr std::string_view fish = R"~(# genkan completion for fish: genkan completion fish | source
function __genkan_needs_command
  test (count (commandline -opc)) -eq 1
end
function __genkan_ids
  for kind in $argv
    genkan devices --ids --kind $kind 2>/dev/null
  end
end
complete -c genkan -f
complete -c genkan -n __genkan_needs_command -a "status watch lock unlock open hold end-hold on off arm disarm bypass end-bypass release reserve reservations calendar keys why holders groups visitors rooms holidays journal troubles devices device bus models site secrets completion"
complete -c genkan -n "__fish_seen_subcommand_from lock unlock" -a "(__genkan_ids lock)"
complete -c genkan -n "__fish_seen_subcommand_from open" -a "(__genkan_ids entrance intercom)"
complete -c genkan -n "__fish_seen_subcommand_from hold end-hold" -a "(__genkan_ids entrance)"
complete -c genkan -n "__fish_seen_subcommand_from on off" -a "(__genkan_ids light air_conditioner)"
complete -c genkan -n "__fish_seen_subcommand_from arm disarm" -a "(__genkan_ids security_panel)"
complete -c genkan -n "__fish_seen_subcommand_from bypass end-bypass" -a "(__genkan_ids zone)"
complete -c genkan -n "__fish_seen_subcommand_from release" -a "(__genkan_ids delivery_box)"
complete -c genkan -n "__fish_seen_subcommand_from reserve keys why" -a "(__genkan_ids lock entrance intercom)"
complete -c genkan -n "__fish_seen_subcommand_from reserve change" -l kind -x -a "link code code_and_link person software_code card_only"
complete -c genkan -n "__fish_seen_subcommand_from reserve change" -l holidays -x -a "valid not_valid as_weekday"
complete -c genkan -n "__fish_seen_subcommand_from reserve change import" -l preview
complete -c genkan -n "__fish_seen_subcommand_from keys" -l check
complete -c genkan -n "__fish_seen_subcommand_from reservations" -a "show change delete"
complete -c genkan -n "__fish_seen_subcommand_from reservations calendar" -l door -x -a "(__genkan_ids lock entrance intercom)"
complete -c genkan -n "__fish_seen_subcommand_from holders" -F -a "list show add change delete import sample"
complete -c genkan -n "__fish_seen_subcommand_from groups" -a "list add change delete"
complete -c genkan -n "__fish_seen_subcommand_from visitors" -a "list add revoke qr"
complete -c genkan -n "__fish_seen_subcommand_from qr" -l form -x -a "text svg png"
complete -c genkan -n "__fish_seen_subcommand_from rooms" -a "code"
complete -c genkan -n "__fish_seen_subcommand_from holidays" -F -a "import reset"
complete -c genkan -n "__fish_seen_subcommand_from device" -a "(genkan devices --ids 2>/dev/null)"
complete -c genkan -n "__fish_seen_subcommand_from bus" -a "stats scan read write"
complete -c genkan -n "__fish_seen_subcommand_from site" -F -a "check import export receiver"
complete -c genkan -n "__fish_seen_subcommand_from secrets" -a "rotate"
complete -c genkan -n "__fish_seen_subcommand_from completion" -a "bash zsh fish"
complete -c genkan -n "__fish_seen_subcommand_from journal" -l after -x
complete -c genkan -n "__fish_seen_subcommand_from journal" -l device -x -a "(genkan devices --ids 2>/dev/null)"
complete -c genkan -n "__fish_seen_subcommand_from journal" -l alarms
complete -c genkan -n "__fish_seen_subcommand_from journal" -l follow
)~";

}  // namespace

std::string_view completion_script(std::string_view shell) {
  if (shell == "bash") return bash;
  return shell == "zsh" ? zsh : fish;
}

}  // namespace genkan::cli
